//! When a report runs by itself: at an hour of the wall clock, daily, on Mondays, or on the first of the month.
//!
//! Periods of reports end at midnight in UTC. East of Greenwich a date begins earlier, so a run waits for that midnight: it covers what ended
//! before its date, and consecutive runs cover consecutive periods.

use calendar::ZoneName;
use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How many days ahead the next date is looked for: a month, and a day for a date that a zone leaves out.
const MAX_DAYS_AHEAD: i64 = 33;

/// How often a report runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// Every day.
    Daily,
    /// On Mondays.
    Weekly,
    /// On the first of the month.
    Monthly,
}

/// When a report runs by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// How often.
    pub frequency: Frequency,
    /// Hour of the wall clock, 0 to 23.
    pub hour: i8,
    /// Time zone of the wall clock.
    pub time_zone: ZoneName,
}

impl Schedule {
    /// Returns the first due time after an instant. An hour that the clock skips is due right after the gap, and one that occurs twice at
    /// its first time, so every date has one due time. None is before the midnight in UTC with which the periods before the date end.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        // The day before, since a gap may put a due time off beyond midnight.
        let from = self.time_zone.local(after).date().yesterday().ok()?;
        let dates = (0..=MAX_DAYS_AHEAD).filter_map(|days| from.checked_add(Span::new().days(days)).ok());
        let due = dates.filter(|date| self.is_on(*date)).filter_map(|date| self.due_on(date));
        due.filter(|due| *due > after).min()
    }

    fn is_on(&self, date: Date) -> bool {
        match self.frequency {
            Frequency::Daily => true,
            Frequency::Weekly => date.weekday() == Weekday::Monday,
            Frequency::Monthly => date.day() == 1,
        }
    }

    /// Returns the date of a due time, on the wall clock. The run covers what ended before it.
    pub fn date_of(&self, due: Timestamp) -> Date {
        self.time_zone.local(due).date()
    }

    fn due_on(&self, date: Date) -> Option<Timestamp> {
        let hour = self.time_zone.instant(date.to_datetime(time(self.hour.clamp(0, 23), 0, 0, 0)))?;
        let period_end = TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()?;
        Some(hour.max(period_end))
    }
}
