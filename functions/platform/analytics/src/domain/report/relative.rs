//! The time that a report covers, relative to the date of its run: whole days, weeks or months in UTC before that date.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// The most units of a period.
pub const MAX_UNITS: u16 = 400;

/// The unit of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// Days.
    #[default]
    Day,
    /// Weeks, from Monday.
    Week,
    /// Calendar months.
    Month,
}

/// The last whole days, weeks or months before a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelativePeriod {
    /// How many.
    pub last: u16,
    /// Of what.
    pub unit: PeriodUnit,
}

impl Default for RelativePeriod {
    fn default() -> Self {
        Self { last: 1, unit: PeriodUnit::Day }
    }
}

/// A period: `from` is in it and `to` is not. Both are midnights in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl RelativePeriod {
    /// Returns a period of `last` units; `None` unless there are 1 to [`MAX_UNITS`].
    pub fn new(last: u16, unit: PeriodUnit) -> Option<Self> {
        (1..=MAX_UNITS).contains(&last).then_some(Self { last, unit })
    }

    /// Returns the most days that the period can have.
    pub fn max_days(self) -> i64 {
        let days = match self.unit {
            PeriodUnit::Day => 1,
            PeriodUnit::Week => 7,
            PeriodUnit::Month => 31,
        };
        i64::from(self.last) * days
    }

    /// Returns the last whole units before a date; `None` beyond the range of timestamps.
    pub fn before(self, today: Date) -> Option<Window> {
        let last = i64::from(self.last);
        let (end, span) = match self.unit {
            PeriodUnit::Day => (today, Span::new().days(last)),
            PeriodUnit::Week => {
                let since_monday = i64::from(today.weekday().to_monday_zero_offset());
                (today.checked_sub(Span::new().days(since_monday)).ok()?, Span::new().weeks(last))
            }
            PeriodUnit::Month => (today.first_of_month(), Span::new().months(last)),
        };
        Some(Window { from: midnight(end.checked_sub(span).ok()?)?, to: midnight(end)? })
    }
}

fn midnight(date: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok()
}
