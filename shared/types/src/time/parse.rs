//! Timestamps of clients: exactly what RFC 3339, section 5.6, allows.

use std::fmt::{self, Display, Formatter};

use jiff::Timestamp;
use jiff::civil::DateTime;

/// Length of `2026-11-29T10:00:00`.
const DATE_TIME_CHARS: usize = 19;

/// A text is not a time that the API accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotATime {
    /// It has another form, or a date or a time of day that does not exist.
    Form,
    /// It is later than [`Timestamp::MAX`], which leaves room for every offset before the year 10000.
    TooLate,
}

impl NotATime {
    /// The rule that the text breaks, to be read after the name of the field.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Form => "must be a date and time by RFC 3339, for example 2026-11-29T10:00:00.000Z",
            Self::TooLate => "must not be later than 9999-12-30T22:00:00.999Z",
        }
    }
}

impl Display for NotATime {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule())
    }
}

impl std::error::Error for NotATime {}

/// Parses a date and a time with `Z` or an offset. Other forms of ISO 8601 and zone names are refused.
pub fn parse(text: &str) -> Result<Timestamp, NotATime> {
    if !has_form(text.as_bytes()) {
        return Err(NotATime::Form);
    }
    text.parse().map_err(|_| if is_date_time(text) { NotATime::TooLate } else { NotATime::Form })
}

/// Whether date and time of day exist, whatever the offset.
fn is_date_time(text: &str) -> bool {
    text.get(..DATE_TIME_CHARS).is_some_and(|local| local.parse::<DateTime>().is_ok())
}

fn has_form(text: &[u8]) -> bool {
    let Some((start, rest)) = text.split_at_checked(DATE_TIME_CHARS) else { return false };
    let start_fits = matches_form(start, b"0000-00-00T00:00:00");
    let digits = match rest {
        [b'.', more @ ..] => 1 + more.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    // Nanoseconds are the finest that a timestamp holds.
    let fraction_fits = digits == 0 || (2..=10).contains(&digits);
    start_fits && fraction_fits && rest.get(digits..).is_some_and(is_offset)
}

fn is_offset(text: &[u8]) -> bool {
    let fits = |hours: &[u8], minutes: &[u8]| hours <= b"23".as_slice() && minutes <= b"59".as_slice();
    match text {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', rest @ ..] => matches_form(rest, b"00:00") && fits(&rest[..2], &rest[3..]),
        _ => false,
    }
}

/// Whether a text has digits where the form has zeros, and the same characters elsewhere.
fn matches_form(text: &[u8], form: &[u8]) -> bool {
    let fits = |(byte, wanted): (&u8, &u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        wanted => byte.eq_ignore_ascii_case(wanted),
    };
    text.len() == form.len() && text.iter().zip(form).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rfc_3339_is_accepted() {
        for good in [
            "2026-11-29T00:52:54Z",
            "2026-11-29t00:52:54z",
            "2026-11-29T00:52:54.5Z",
            "2026-11-29T00:52:54.123456789+05:30",
            "1985-04-12T23:20:50.52-00:00",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "20261129T005254Z",
            "2026-11-29T00Z",
            "2027-01-01T00:00Z",
            "2026-11-29T00:52:54,5Z",
            "2026-11-29T00:52:54+25:00",
            "2026-11-29T00:52:54+05",
            "+002027-01-01T00:00:00Z",
            "2026-11-29T00:52:54Z[Foo/Bar]",
            "2026-11-29T00:52:54Z[u-ca=hebrew]",
            "2026-11-29T00:52:54",
            "2026-11-29 00:52:54Z",
            "2026-13-29T00:52:54Z",
            "2026-11-29T00:52:54.Z",
            "2026-11-29T00:52:54.1234567890Z",
            "2026-11-29",
            "",
        ] {
            assert_eq!(parse(bad), Err(NotATime::Form), "{bad}");
        }
    }

    #[test]
    fn the_latest_time_is_named_to_those_who_send_a_later_one() {
        let latest = NotATime::TooLate.rule().rsplit(' ').next().unwrap();
        assert_eq!(crate::time::text(&Timestamp::MAX), latest);
        for good in [latest, "9999-12-30T22:00:00Z", "9999-12-31T00:00:00+02:00", "0000-01-01T00:00:00+23:59"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for late in
            ["9999-12-30T22:00:01Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z", "9999-12-30T21:00:01-01:00"]
        {
            assert_eq!(parse(late), Err(NotATime::TooLate), "{late}");
        }
        for never in ["9999-12-32T00:00:00Z", "9999-13-31T00:00:00Z", "9999-12-31T24:00:00Z"] {
            assert_eq!(parse(never), Err(NotATime::Form), "{never}");
        }
    }
}
