//! Fields that several requests have.

use jiff::{Timestamp, ToSpan};
use kit::http::Fields;
use serde::{Deserialize, Deserializer};
use types::{TextError, paragraphs};

use crate::domain::content::Content;
use crate::domain::stream::MAX_NOTE_CHARS;

/// 2000-01-01T00:00:00Z in milliseconds since 1970: the earliest time when something can have happened.
const EARLIEST_MS: i64 = 946_684_800_000;
/// How far the clock of a device may be ahead, in minutes.
const MAX_AHEAD_MINUTES: i64 = 5;

/// A field that may be absent but not null.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// The time in whole milliseconds, as it is stored.
pub fn in_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// Parses the time when something happened.
pub fn happened(at: Timestamp, now: Timestamp) -> Result<Timestamp, String> {
    let latest = now.checked_add(MAX_AHEAD_MINUTES.minutes()).unwrap_or(Timestamp::MAX);
    let is_past = at.as_millisecond() >= EARLIEST_MS && at <= latest;
    is_past.then(|| in_millis(at)).ok_or_else(|| {
        format!("must not be before 2000-01-01T00:00:00Z or more than {MAX_AHEAD_MINUTES} minutes in the future")
    })
}

/// Parses a note.
pub fn note(text: &str) -> Result<String, TextError> {
    paragraphs(text, MAX_NOTE_CHARS)
}

/// Checks a content, whose fields are named below `path`.
pub fn content(fields: &mut Fields, path: &str, content: Content) -> Option<Content> {
    match content.checked() {
        Ok(content) => Some(content),
        Err(error) => {
            fields.refuse(&format!("{path}.{}", error.field), error.message);
            None
        }
    }
}
