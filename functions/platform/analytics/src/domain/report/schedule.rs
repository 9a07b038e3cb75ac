//! When a report runs by itself: at an hour of the wall clock, daily, on Mondays, or on the first of the month.

use calendar::ZoneName;
use jiff::civil::{Date, Weekday, time};
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
    /// its first time, so every date has one due time.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        // The day before, since a due time may be put off beyond midnight by a gap.
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

    fn due_on(&self, date: Date) -> Option<Timestamp> {
        self.time_zone.instant(date.to_datetime(time(self.hour.clamp(0, 23), 0, 0, 0)))
    }
}
