//! Cells of CSV files that spreadsheets may open.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula. So a text that begins with one of them is written
//! with an apostrophe in front, and an apostrophe in front of one of them is taken away when the cell is read. A text that begins
//! like a written one gets an apostrophe too, so every text is read as it was.

use std::borrow::Cow;

/// What a formula may begin with. Tabs and line breaks in front of it are skipped by some programs, and full-width signs are read
/// like the others by some.
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// What keeps a cell from being a formula.
const SHIELD: char = '\'';

/// Returns a text as it is written to a cell of a CSV file: no spreadsheet takes it for a formula.
pub fn to_cell(text: &str) -> Cow<'_, str> {
    let is_like_written = text.strip_prefix(SHIELD).is_some_and(is_shielded);
    if text.starts_with(FORMULA_STARTS) || is_like_written {
        Cow::Owned(format!("{SHIELD}{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns the text of a cell that [`to_cell`] wrote, or that was written by hand.
pub fn from_cell(cell: &str) -> &str {
    cell.strip_prefix(SHIELD).filter(|rest| is_shielded(rest)).unwrap_or(cell)
}

/// True if an apostrophe in front of this is no part of the text.
fn is_shielded(rest: &str) -> bool {
    rest.starts_with(FORMULA_STARTS) || rest.starts_with(SHIELD)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_cell_begins_like_a_formula_and_ordinary_apostrophes_stay() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("-5 °C", "'-5 °C"),
            ("@home", "'@home"),
            ("'=1", "''=1"),
            ("''x", "'''x"),
            ("'t Huis", "'t Huis"),
            ("'", "'"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(to_cell(text), cell, "{text}");
            assert_eq!(from_cell(cell), text, "{cell}");
        }
        // As people write it by hand.
        assert_eq!(from_cell("=1+1"), "=1+1");
    }

    proptest! {
        #[test]
        fn every_text_is_read_as_it_was(text in "['=+@＝\t\n-]{0,4}.{0,5}") {
            let cell = to_cell(&text);
            prop_assert!(!cell.starts_with(FORMULA_STARTS), "{}", cell);
            prop_assert_eq!(from_cell(&cell), text.as_str());
        }
    }
}
