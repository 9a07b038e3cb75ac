//! Rows of a slice of a file.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::csv::first_record;
use super::{Format, RowError};

/// Some programs put it at the start of a file.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// The fields of a row, or why it cannot be read.
pub(super) type Fields = Result<Map<String, Value>, RowError>;

/// The complete rows at the start of a slice.
#[derive(Debug, PartialEq)]
pub(super) struct Found {
    /// Each row, and how many bytes of the slice end with it.
    pub(super) rows: Vec<(Fields, usize)>,
    /// How many bytes of the slice they take, with empty lines and the names of columns. None if not even one row is complete.
    pub(super) bytes: usize,
}

/// Splits a slice into at most `max` rows. `is_end` says that the file ends with the slice. The names of a CSV file's columns are
/// kept in `columns`.
pub(super) fn split(
    format: Format,
    columns: &mut Option<Vec<String>>,
    slice: &[u8],
    is_end: bool,
    max: usize,
) -> Found {
    let mut found = Found { rows: Vec::new(), bytes: 0 };
    while found.rows.len() < max {
        let rest = &slice[found.bytes..];
        let next = match format {
            Format::JsonLines => json_line(rest, is_end),
            Format::Csv => csv_row(rest, is_end, columns),
        };
        let Some((row, bytes)) = next else { break };
        found.bytes += bytes;
        found.rows.extend(row.map(|row| (row, found.bytes)));
    }
    found
}

/// The first line, and its length; no row if it is empty.
fn json_line(bytes: &[u8], is_end: bool) -> Option<(Option<Fields>, usize)> {
    let end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
    let end = end.or_else(|| (is_end && !bytes.is_empty()).then_some(bytes.len()))?;
    let line = bytes[..end].strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes[..end]).trim_ascii();
    let row = (!line.is_empty()).then(|| {
        let remedy = "Write one JSON object per line, in UTF-8.";
        serde_json::from_slice(line)
            .map_err(|error| wrong(format!("must be a JSON object: {}", reason(&error)), remedy))
    });
    Some((row, end))
}

/// Where the text stops to be JSON, without the text itself.
fn reason(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => "the line is JSON of another type".to_owned(),
        serde_json::error::Category::Eof => "the line ends too early".to_owned(),
        _ => format!("not valid at column {}", error.column()),
    }
}

fn csv_row(bytes: &[u8], is_end: bool, columns: &mut Option<Vec<String>>) -> Option<(Option<Fields>, usize)> {
    let record = first_record(bytes, is_end)?;
    if record.fields.iter().all(Vec::is_empty) && record.fields.len() == 1 {
        return Some((None, record.bytes));
    }
    let texts: Result<Vec<_>, _> = record.fields.into_iter().map(String::from_utf8).collect();
    let row = match (texts, columns.clone()) {
        (Err(_), names) => {
            if names.is_none() {
                // Without names no row can be read; each says so.
                *columns = Some(Vec::new());
            }
            Some(Err(wrong("must be UTF-8", "Save the file in UTF-8.")))
        }
        (Ok(names), None) => {
            *columns = Some(names.iter().map(|name| name.trim_start_matches('\u{FEFF}').trim().to_owned()).collect());
            None
        }
        (Ok(_), Some(_)) if !record.is_well_formed => Some(Err(wrong(
            "has a quoted field that does not end with its quote",
            "Double the quotes within quoted fields.",
        ))),
        (Ok(_), Some(names)) if has_repeated(&names) => Some(Err(wrong(
            "belongs to a file that has two columns of one name",
            "Give each column a name of its own, in the first row of the file.",
        ))),
        (Ok(values), Some(names)) if values.len() != names.len() => {
            let rule = format!("must have {} fields, not {}", names.len(), values.len());
            Some(Err(wrong(rule, "Quote fields that contain commas, and leave empty fields empty.")))
        }
        (Ok(values), Some(names)) => Some(Ok(names.into_iter().zip(values.into_iter().map(Value::String)).collect())),
    };
    Some((row, record.bytes))
}

fn has_repeated(names: &[String]) -> bool {
    let mut known = BTreeSet::new();
    !names.iter().all(|name| known.insert(name))
}

fn wrong(rule: impl Into<String>, remedy: &str) -> RowError {
    RowError { field: String::new(), rule: rule.into(), remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// All rows of a file that is read in slices of at most this size; each slice begins where the last row ended.
    fn read(format: Format, file: &[u8], slice: usize, max: usize) -> Vec<Fields> {
        let (mut rows, mut columns, mut at) = (Vec::new(), None, 0);
        while at < file.len() {
            let end = file.len().min(at + slice);
            let found = split(format, &mut columns, &file[at..end], end == file.len(), max);
            assert!(found.bytes > 0 && found.rows.len() <= max);
            at += found.bytes;
            rows.extend(found.rows.into_iter().map(|(row, _)| row));
        }
        rows
    }

    #[test]
    fn rows_that_cannot_be_read_are_named_and_the_others_go_on() {
        let file = "\u{FEFF}{\"a\":1}\n\n  \r\nnonsense\n[1]\n{\"a\":\n{\"a\":2}";
        let rows = read(Format::JsonLines, file.as_bytes(), 1_000, 100);
        let rules: Vec<_> = rows.iter().map(|row| row.as_ref().map_err(|error| error.rule.as_str())).collect();
        assert_eq!(rows.len(), 5);
        assert_eq!(rules[0].unwrap()["a"], 1);
        assert!(rules[1].unwrap_err().contains("not valid at column"));
        assert!(
            rules[2].unwrap_err().contains("JSON of another type") && rules[3].unwrap_err().contains("ends too early")
        );
        assert_eq!(rules[4].unwrap()["a"], 2);
        let file = b"\xEF\xBB\xBFcode, name\r\na,Ann\nb\n\nc,\"C, \"\"D\"\"\"\n\xFF,x\nd,\"e\"f\n";
        let rows = read(Format::Csv, file, 1_000, 100);
        assert_eq!(rows[0].as_ref().unwrap(), json!({ "code": "a", "name": "Ann" }).as_object().unwrap());
        assert_eq!(rows[1].as_ref().unwrap_err().rule, "must have 2 fields, not 1");
        assert_eq!(rows[2].as_ref().unwrap()["name"], "C, \"D\"");
        assert_eq!(rows[3].as_ref().unwrap_err().rule, "must be UTF-8");
        assert!(rows[4].as_ref().unwrap_err().rule.contains("quote"));
        let twice = read(Format::Csv, b"a,b,a\n1,2,3\n", 1_000, 100);
        assert!(twice[0].as_ref().unwrap_err().rule.contains("two columns of one name"));
    }

    #[test]
    fn a_row_that_is_longer_than_a_slice_is_not_found() {
        let found = split(Format::JsonLines, &mut None, &[b'x'; 100], false, 10);
        assert_eq!((found.rows.len(), found.bytes), (0, 0));
    }

    proptest! {
        #[test]
        fn slices_of_any_size_give_the_same_rows(
            names in prop::collection::vec("[a-z \"é,\n]{0,10}", 0..12), slice in 60_usize..200, max in 1_usize..5,
        ) {
            let lines: String = names.iter().map(|name| json!({ "name": name }).to_string() + "\n").collect();
            let wanted: Vec<_> = names.iter().map(|name| json!(name)).collect();
            let found = |rows: Vec<Fields>| rows.into_iter().map(|row| row.unwrap()["name"].clone()).collect::<Vec<_>>();
            prop_assert_eq!(found(read(Format::JsonLines, lines.as_bytes(), slice, max)), wanted.clone());
            let quoted = |name: &String| format!("x,\"{}\"\r\n", name.replace('"', "\"\""));
            let table = "id,name\r\n".to_owned() + &names.iter().map(quoted).collect::<String>();
            prop_assert_eq!(found(read(Format::Csv, table.as_bytes(), slice, max)), wanted);
        }
    }
}
