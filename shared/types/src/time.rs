//! Timestamps as the API reads and writes them. It writes RFC 3339, UTC, with exactly three fraction digits.
//!
//! Some clients' parsers accept one number of digits only, so it never varies.

mod parse;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Serialize, Serializer};

pub use parse::{NotATime, parse};

/// Writes a timestamp, for `#[serde(serialize_with = "types::time::millis")]`.
pub fn millis<S: Serializer>(timestamp: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(timestamp))
}

/// The same for an optional timestamp.
pub fn optional_millis<S: Serializer>(timestamp: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    timestamp.as_ref().map(text).serialize(serializer)
}

/// The text: what is finer than a millisecond is cut off.
pub fn text(timestamp: &Timestamp) -> String {
    DateTimePrinter::new().precision(Some(3)).timestamp_to_string(timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_has_three_fraction_digits() {
        for (given, written) in [
            ("2026-11-29T00:52:38Z", "2026-11-29T00:52:38.000Z"),
            ("2026-11-29T00:52:38.01Z", "2026-11-29T00:52:38.010Z"),
            ("2026-11-29T00:52:38.615469Z", "2026-11-29T00:52:38.615Z"),
            ("2026-11-29T01:52:38.9999+01:00", "2026-11-29T00:52:38.999Z"),
        ] {
            assert_eq!(text(&given.parse().unwrap()), written);
        }
    }
}
