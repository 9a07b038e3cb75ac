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

/// Where a page of a list over several shards begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardCursor {
    /// Number of the shard, from 0.
    pub shard: u8,
    /// The position in the shard. Absent for its first page.
    pub after: Option<Cursor>,
}

impl ShardCursor {
    /// The page after one of `shard`, whose own cursor is `next`. `None` after the last page of the last shard.
    pub fn following(shard: u8, next: Option<Cursor>, shards: u8) -> Option<Self> {
        match next {
            Some(next) => Some(Self { shard, after: Some(next) }),
            None => (shard + 1 < shards).then_some(Self { shard: shard + 1, after: None }),
        }
    }

    /// The text that clients get.
    pub fn encode(&self) -> String {
        format!("{}.{}", self.shard, self.after.as_ref().map(Cursor::encode).unwrap_or_default())
    }

    /// Reads a client's text. Without one, the list begins.
    pub fn decode(text: Option<&str>, shards: u8) -> Result<Self, BadCursor> {
        let (shard, after) = text.unwrap_or("0.").split_once('.').ok_or(BadCursor)?;
        let shard = shard.parse::<u8>().ok().filter(|shard| *shard < shards).ok_or(BadCursor)?;
        let after = if after.is_empty() { None } else { Some(Cursor::decode(after)?) };
        Ok(Self { shard, after })
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

    #[test]
    fn a_cursor_over_shards_names_a_shard_and_perhaps_a_position_in_it() {
        let decode = |text| ShardCursor::decode(text, 16);
        assert_eq!(decode(None), Ok(ShardCursor { shard: 0, after: None }));
        assert_eq!(decode(Some("15.")), Ok(ShardCursor { shard: 15, after: None }));
        let cursor = Cursor::decode("dXNlcg").unwrap();
        assert_eq!(decode(Some("3.dXNlcg")), Ok(ShardCursor { shard: 3, after: Some(cursor) }));
        for bad in ["", "3", "16.", "-1.", "x.", "3.!"] {
            assert_eq!(decode(Some(bad)), Err(BadCursor), "{bad}");
        }
    }

    #[test]
    fn a_list_over_shards_goes_through_each_and_ends_after_the_last() {
        let next = Some(Cursor("user".to_owned()));
        let encoded = |shard, next| ShardCursor::following(shard, next, 16).map(|following| following.encode());
        assert_eq!(encoded(3, next.clone()).as_deref(), Some("3.dXNlcg"));
        assert_eq!(encoded(15, next).as_deref(), Some("15.dXNlcg"));
        assert_eq!(encoded(3, None).as_deref(), Some("4."));
        assert_eq!(encoded(15, None), None);
    }
}
