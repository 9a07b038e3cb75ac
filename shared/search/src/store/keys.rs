//! Keys of terms: the folded word, a zero, the field, and the word with its diacritics if it has any.
//!
//! A key that starts with [`PREFIX`] is that of all words with the same first one or two characters: short prefixes would
//! otherwise expand to thousands of words.

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

fn first(text: &str, chars: usize) -> Option<&str> {
    let end = text.char_indices().map(|(at, char)| at + char.len_utf8()).nth(chars.checked_sub(1)?)?;
    text.get(..end)
}
