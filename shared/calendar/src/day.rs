//! Days and weeks as numbers.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ZoneName;

const DAYS_PER_WEEK: i32 = 7;
/// 1970-01-01 was a Thursday; a week of ISO 8601 begins on Monday.
const DAYS_FROM_MONDAY: i32 = 3;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A civil date, as the number of days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EpochDay(i32);

impl EpochDay {
    /// The number of a date.
    pub fn of(date: Date) -> Self {
        // Twenty thousand years are less than eight million days.
        let days = EPOCH.duration_until(date).as_hours() / 24;
        Self(i32::try_from(days).unwrap_or_default())
    }

    /// The date in UTC at an instant.
    pub fn in_utc(at: Timestamp) -> Self {
        Self::in_zone(at, &ZoneName::utc())
    }

    /// The date in a zone at an instant.
    pub fn in_zone(at: Timestamp, zone: &ZoneName) -> Self {
        Self::of(zone.local(at).date())
    }

    /// The day with this number.
    pub const fn numbered(number: i32) -> Self {
        Self(number)
    }

    /// The number itself.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The number of its week, which begins on Monday; consecutive weeks have consecutive numbers.
    pub const fn week(self) -> i32 {
        (self.0 + DAYS_FROM_MONDAY).div_euclid(DAYS_PER_WEEK)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::{Weekday, date};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_day_ends_at_midnight_of_its_zone() {
        let at: Timestamp = "2026-03-01T23:30:00Z".parse().unwrap();
        let berlin = ZoneName::parse("Europe/Berlin").unwrap();
        assert_eq!(EpochDay::in_utc(at), EpochDay::of(date(2026, 3, 1)));
        assert_eq!(EpochDay::in_zone(at, &berlin), EpochDay::of(date(2026, 3, 2)));
        assert_eq!(EpochDay::of(EPOCH).number(), 0);
        assert_eq!(EpochDay::of(date(1969, 12, 31)).number(), -1);
    }

    proptest! {
        #[test]
        fn days_count_up_by_one_and_weeks_on_mondays(days in -700_000..700_000_i32) {
            let date = EPOCH + days.days();
            let (today, tomorrow) = (EpochDay::of(date), EpochDay::of(date + 1.day()));
            prop_assert_eq!(today.number(), days);
            prop_assert_eq!(tomorrow.number(), days + 1);
            let is_new_week = (date + 1.day()).weekday() == Weekday::Monday;
            prop_assert_eq!(tomorrow.week() - today.week(), i32::from(is_new_week));
        }

        #[test]
        fn days_in_utc_are_seconds_over_86400(seconds in -60_000_000_000..60_000_000_000_i64) {
            let day = EpochDay::in_utc(Timestamp::from_second(seconds).unwrap());
            prop_assert_eq!(i64::from(day.number()), seconds.div_euclid(86_400));
        }
    }
}
