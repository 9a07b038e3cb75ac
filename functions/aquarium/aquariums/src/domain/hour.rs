//! Hours of UTC as numbers. Series are stored by the hour, whatever the zone of the aquarium is.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Seconds of an hour.
pub const SECONDS_PER_HOUR: i64 = 3_600;

/// A full hour of UTC, as the number of hours since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hour(i64);

impl Hour {
    /// The hour that contains a second since 1970.
    pub const fn of(second: i64) -> Self {
        Self(second.div_euclid(SECONDS_PER_HOUR))
    }

    /// The hour that contains an instant.
    pub fn at(at: Timestamp) -> Self {
        Self::of(at.as_second())
    }

    /// The hour with this number.
    pub const fn numbered(number: i64) -> Self {
        Self(number)
    }

    /// The number of hours since 1970.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Its first second since 1970.
    pub const fn start(self) -> i64 {
        self.0 * SECONDS_PER_HOUR
    }

    /// The second since 1970 that is so many seconds into the hour.
    pub const fn second(self, offset: u16) -> i64 {
        self.start() + offset as i64
    }

    /// The offset of a second within the hour that contains it.
    pub fn offset(second: i64) -> u16 {
        // The remainder is less than 3,600.
        u16::try_from(second.rem_euclid(SECONDS_PER_HOUR)).unwrap_or_default()
    }

    /// The month that contains it, for keys: `202611`.
    pub fn month(self) -> String {
        self.utc("%Y%m")
    }

    /// Its place in its month, for keys: day and hour, `2921`.
    pub fn place(self) -> String {
        self.utc("%d%H")
    }

    fn utc(self, format: &str) -> String {
        let at = Timestamp::from_second(self.start()).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(TimeZone::UTC).strftime(format).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_has_a_month_and_a_place_in_it() {
        let hour = Hour::at("2026-11-29T21:59:59.999Z".parse().unwrap());
        assert_eq!((hour.month(), hour.place()), ("202611".to_owned(), "2921".to_owned()));
        assert_eq!(hour.second(59), "2026-11-29T21:00:59Z".parse::<Timestamp>().unwrap().as_second());
        assert_eq!(Hour::of(-1).number(), -1);
        assert_eq!((Hour::offset(-1), Hour::offset(3_600)), (3_599, 0));
    }
}
