//! Opaque cursors of lists.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Where a page ended. It holds the sort key only: the partition comes from the caller, so a forged cursor reaches nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub(crate) String);

/// A cursor that no list of ours gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor that this list gave")]
pub struct BadCursor;

impl Cursor {
    /// A cursor of a list that keeps something else than a sort key.
    pub fn of(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What it holds.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text that clients get.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }

    /// Reads a client's text.
    pub fn decode(text: &str) -> Result<Self, BadCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
        let sort_key = String::from_utf8(bytes).map_err(|_| BadCursor)?;
        // DynamoDB's bound for a sort key; an empty one is no key at all, and U+10FFFF marks the end of a range.
        let is_key = (1..=1024).contains(&sort_key.len()) && !sort_key.contains('\u{10ffff}');
        is_key.then_some(Self(sort_key)).ok_or(BadCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_the_round_trip_and_refuse_the_rest() {
        let cursor = Cursor("session#é".to_owned());
        assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        for bad in ["", "!", "gg", "a b", "Y29kZSP0j7-_YQ"] {
            assert_eq!(Cursor::decode(bad), Err(BadCursor), "{bad}");
        }
    }
}
