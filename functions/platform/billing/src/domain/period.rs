//! Billing periods: months, quarters and years from an anchor, in the wall time of the customer's zone.
//!
//! Each bound is computed from the anchor and not from the bound before it, so an anchor on the 31st falls on the last day of
//! shorter months and returns to the 31st. A period that was opened keeps its instants: a later release of the zone database
//! does not move what was already billed.

use calendar::{MonthlyPeriods, ZoneName};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How often the search for a period corrects its first guess, which is off by one at most.
const MAX_CORRECTIONS: usize = 3;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BillingInterval)]
pub enum Interval {
    /// One month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

impl Interval {
    /// Its length in months.
    pub const fn months(self) -> u16 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }
}

/// The second that an instant is in. Billing counts whole seconds.
pub fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Where the periods of a subscription start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Start of period 0.
    pub at: Timestamp,
    /// Zone whose wall time the bounds keep.
    pub zone: ZoneName,
}

/// One period: from its start to before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Number from the anchor. Period 0 starts on it.
    pub number: i32,
    /// First instant.
    pub start: Timestamp,
    /// First instant after it.
    pub end: Timestamp,
}

impl Anchor {
    /// An anchor at the second that an instant is in.
    pub fn new(at: Timestamp, zone: ZoneName) -> Self {
        Self { at: whole_second(at), zone }
    }

    /// The instant with the same wall time so many days later. None if it is beyond the calendar.
    pub fn days_later(&self, days: u16) -> Option<Timestamp> {
        let local = self.zone.local(self.at).checked_add(Span::new().days(days)).ok()?;
        self.zone.instant(local)
    }

    /// The start of period `number`. None if it is beyond the calendar.
    pub fn bound(&self, interval: Interval, number: i32) -> Option<Timestamp> {
        if number == 0 {
            // The anchor may be the second of two equal wall times, which the wall time alone would not give back.
            return Some(self.at);
        }
        let local = self.zone.local(self.at);
        let date = MonthlyPeriods::new(local.date(), interval.months()).ok()?.start(number)?;
        self.zone.instant(date.to_datetime(local.time()))
    }

    /// Period `number`. None if it is beyond the calendar.
    pub fn period(&self, interval: Interval, number: i32) -> Option<Period> {
        let start = self.bound(interval, number)?;
        let end = self.bound(interval, number.checked_add(1)?)?;
        Some(Period { number, start, end })
    }

    /// The period that contains an instant. None if it is beyond the calendar.
    pub fn containing(&self, interval: Interval, at: Timestamp) -> Option<Period> {
        let anchor = self.zone.local(self.at).date();
        let mut number = MonthlyPeriods::new(anchor, interval.months()).ok()?.containing(self.zone.local(at).date());
        for _ in 0..MAX_CORRECTIONS {
            let period = self.period(interval, number)?;
            if period.contains(at) {
                return Some(period);
            }
            number += if at < period.start { -1 } else { 1 };
        }
        None
    }
}

impl Period {
    /// Its length in seconds.
    pub fn seconds(&self) -> i64 {
        self.end.as_second() - self.start.as_second()
    }

    /// True if an instant is in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

#[cfg(test)]
#[path = "period_tests.rs"]
mod tests;
