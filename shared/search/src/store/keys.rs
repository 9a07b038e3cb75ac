//! Keys of terms: the folded word, a zero, the field, and the word with its diacritics if it has any.
//!
//! A key that starts with [`PREFIX`] is that of all words with the same first one or two characters: short prefixes would
//! otherwise expand to thousands of words.

use unicode_normalization::char::is_combining_mark;

use crate::analysis::Forms;

/// The longest prefix with a key of its own, in characters.
pub(crate) const MAX_SHORT_PREFIX: usize = 2;

const PREFIX: u8 = 1;
const END: u8 = 0;

/// A key in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key<'a> {
    /// The folded word or prefix.
    pub folded: &'a [u8],
    /// The field.
    pub field: u8,
    /// The word or prefix with its diacritics.
    pub exact: &'a [u8],
}

/// The keys under which a word of a field is found.
pub(super) fn keys(forms: &Forms, field: u8, add: &mut impl FnMut(Vec<u8>)) {
    for folded in std::iter::once(&forms.folded).chain(&forms.umlaut).filter(|folded| !folded.is_empty()) {
        add(key(&[], folded, field, &forms.exact));
        for chars in 1..=MAX_SHORT_PREFIX {
            if let Some(prefix) = first(folded, chars) {
                add(key(&[PREFIX], prefix, field, first(&forms.exact, chars).unwrap_or(&forms.exact)));
            }
        }
    }
}

/// What the keys of a whole folded word start with.
pub(super) fn of_whole(folded: &str) -> Vec<u8> {
    [folded.as_bytes(), &[END]].concat()
}

/// What the keys of words with a short prefix start with.
pub(super) fn of_short_prefix(prefix: &str) -> Vec<u8> {
    [&[PREFIX], prefix.as_bytes(), &[END]].concat()
}

/// The start of the range of keys of whole words.
pub(super) fn first_word() -> Vec<u8> {
    vec![PREFIX + 1]
}

/// The end of the range of keys that start with `start`.
pub(super) fn end_of(start: &[u8]) -> Vec<u8> {
    let mut end = start.to_vec();
    // The bytes of UTF-8 and the separators are below 0xff.
    if let Some(last) = end.last_mut() {
        *last = last.saturating_add(1);
    }
    end
}

/// A key in parts; nothing if it is none.
pub(super) fn parse(key: &[u8]) -> Option<Key<'_>> {
    let key = key.strip_prefix(&[PREFIX]).unwrap_or(key);
    let end = key.iter().position(|byte| *byte == END)?;
    let (folded, rest) = (key.get(..end)?, key.get(end + 1..)?);
    let (field, exact) = rest.split_first()?;
    Some(Key { folded, field: *field, exact: if exact.is_empty() { folded } else { exact } })
}

fn key(start: &[u8], folded: &str, field: u8, exact: &str) -> Vec<u8> {
    let exact = if exact == folded { "" } else { exact };
    [start, folded.as_bytes(), &[END, field], exact.as_bytes()].concat()
}

/// The first letters of a text with their marks; nothing if it has fewer.
fn first(text: &str, letters: usize) -> Option<&str> {
    let mut starts = text.char_indices().filter(|(_, char)| !is_combining_mark(*char)).map(|(at, _)| at).skip(letters);
    let count = text.chars().filter(|char| !is_combining_mark(*char)).count();
    if count < letters { None } else { text.get(..starts.next().unwrap_or(text.len())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_letters_keep_their_marks() {
        assert_eq!(first("i\u{307}stanbul", 1), Some("i\u{307}"));
        assert_eq!(first("ab", 2), Some("ab"));
        assert_eq!(first("a", 2), None);
    }

    #[test]
    fn parsed_keys_are_those_that_were_made() {
        let forms = Forms { exact: "bücher".into(), folded: "bucher".into(), umlaut: Some("buecher".into()) };
        let mut made = Vec::new();
        keys(&forms, 3, &mut |key| made.push(key));
        let parsed: Vec<_> =
            made.iter().filter_map(|key| parse(key)).map(|key| (key.folded, key.field, key.exact)).collect();
        assert_eq!(parsed[0], ("bucher".as_bytes(), 3, "bücher".as_bytes()));
        assert_eq!(parsed[2], ("bu".as_bytes(), 3, "bü".as_bytes()));
        assert_eq!(parsed.len(), 6);
        assert_eq!(parse(b"none"), None);
    }
}
