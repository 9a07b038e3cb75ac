//! Times in the past, as keepers enter them.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use types::time::NotATime;

/// How far a client's clock may be ahead.
const MAX_AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// The earliest time, in seconds since 1970: the year 2000.
const EARLIEST_SECOND: i64 = 946_684_800;
/// Length of a date: `2026-03-14`.
const DATE_CHARS: usize = 10;
/// The years in which dates of equipment lie.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Parses a time that is not in the future.
pub fn past(text: &str, now: Timestamp) -> Result<Timestamp, &'static str> {
    let at = types::time::parse(text).map_err(NotATime::rule)?;
    let latest = now.saturating_add(MAX_AHEAD).unwrap_or(Timestamp::MAX);
    let is_past = at.as_second() >= EARLIEST_SECOND && at <= latest;
    // Sort keys have milliseconds, so what is finer would make two times of one key.
    let millis = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    is_past.then_some(millis).ok_or("must be between the year 2000 and now")
}

/// Parses a date.
pub fn date(text: &str) -> Result<Date, &'static str> {
    let date = text.parse::<Date>().ok().filter(|_| text.len() == DATE_CHARS);
    let date = date.ok_or("must be a date, for example 2026-03-14")?;
    if YEARS.contains(&date.year()) { Ok(date) } else { Err("must be a date from 1900-01-01 to 2200-12-31") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_neither_in_the_future_nor_before_2000() {
        let now: Timestamp = "2026-03-14T09:00:00Z".parse().unwrap();
        for good in ["2000-01-01T00:00:00Z", "2026-03-14T09:05:00Z", "2026-03-14T10:05:00+01:00"] {
            assert!(past(good, now).is_ok(), "{good}");
        }
        for bad in ["1999-12-31T23:59:59Z", "2026-03-14T09:05:00.001Z", "yesterday", "2026-03-14", ""] {
            assert!(past(bad, now).is_err(), "{bad}");
        }
        assert_eq!(past("2026-03-14T08:00:00.1239Z", now).unwrap().to_string(), "2026-03-14T08:00:00.123Z");
    }

    #[test]
    fn a_date_has_one_form() {
        assert_eq!(date("2026-03-14"), Ok(jiff::civil::date(2026, 3, 14)));
        for bad in ["2026-02-30", "20260314", "2026-03-14T00:00", ""] {
            assert_eq!(date(bad), Err("must be a date, for example 2026-03-14"), "{bad}");
        }
    }

    #[test]
    fn a_date_out_of_range_is_refused_with_the_range() {
        for good in ["1900-01-01", "2200-12-31"] {
            assert!(date(good).is_ok(), "{good}");
        }
        for bad in ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"] {
            assert_eq!(date(bad), Err("must be a date from 1900-01-01 to 2200-12-31"), "{bad}");
        }
    }
}
