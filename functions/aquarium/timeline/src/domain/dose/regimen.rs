//! How much is dosed, on which days and at which wall times.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use calendar::ZoneName;
use jiff::civil::{Date, Time, Weekday};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Range of the daily amount in microlitres.
pub const DAILY_UL: RangeInclusive<u64> = 1..=10_000_000;
/// Maximum number of doses per day.
pub const MAX_DOSES_PER_DAY: usize = 24;
/// How many days a plan runs after its last edit. It bounds every walk over its days.
pub const MAX_RUN_DAYS: i32 = 3_660;
/// How many days ahead a plan can start.
pub const MAX_AHEAD_DAYS: i32 = 366;

/// Day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoseDay {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl DoseDay {
    /// All days, from Monday.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];
}

impl From<Weekday> for DoseDay {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// What a keeper says about the doses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    /// Amount per day in microlitres.
    pub daily_ul: u64,
    /// Wall times of the doses, ascending and distinct.
    pub times: Vec<Time>,
    /// Time zone of the wall times.
    pub zone: ZoneName,
    /// Days of the week with doses.
    pub weekdays: BTreeSet<DoseDay>,
    /// First day.
    pub from: Date,
    /// Last day, if the keeper named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// A valid rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regimen {
    /// What the keeper says.
    pub rhythm: Rhythm,
    /// Last day. A plan without one ends [`MAX_RUN_DAYS`] after its last edit.
    last_day: Date,
}

/// Reason why a rhythm is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegimenError {
    /// The daily amount is out of range, or too small for the number of doses.
    #[error("must be {} to {}, and at least one microlitre per dose", DAILY_UL.start(), DAILY_UL.end())]
    DailyAmount,
    /// There are no times, too many, or one of them twice.
    #[error("must have 1 to {MAX_DOSES_PER_DAY} different times")]
    Times,
    /// There is no day of the week.
    #[error("must have at least one day")]
    Weekdays,
    /// The first day is too far ahead.
    #[error("must not be more than {MAX_AHEAD_DAYS} days ahead")]
    From,
    /// The last day is before the first one, or too far ahead.
    #[error("must not be before `from`, or more than {MAX_RUN_DAYS} days after it")]
    Until,
}

impl RegimenError {
    /// The field of the request that it is about.
    pub const fn field(self) -> &'static str {
        match self {
            Self::DailyAmount => "dailyUl",
            Self::Times => "times",
            Self::Weekdays => "weekdays",
            Self::From => "from",
            Self::Until => "until",
        }
    }
}

impl Regimen {
    /// Checks a rhythm at an instant.
    pub fn new(mut rhythm: Rhythm, now: Timestamp) -> Result<Self, RegimenError> {
        let given = rhythm.times.len();
        rhythm.times.sort_unstable();
        rhythm.times.dedup();
        if !(1..=MAX_DOSES_PER_DAY).contains(&given) || rhythm.times.len() != given {
            return Err(RegimenError::Times);
        }
        let doses = u64::try_from(given).unwrap_or(u64::MAX);
        if !DAILY_UL.contains(&rhythm.daily_ul) || rhythm.daily_ul < doses {
            return Err(RegimenError::DailyAmount);
        }
        if rhythm.weekdays.is_empty() {
            return Err(RegimenError::Weekdays);
        }
        let today = rhythm.zone.local(now).date();
        if rhythm.from > days_after(today, MAX_AHEAD_DAYS) {
            return Err(RegimenError::From);
        }
        let latest = days_after(rhythm.from.max(today), MAX_RUN_DAYS);
        let last_day = rhythm.until.unwrap_or(latest);
        if last_day < rhythm.from || last_day > latest {
            return Err(RegimenError::Until);
        }
        Ok(Self { rhythm, last_day })
    }

    /// The last day.
    pub const fn last_day(&self) -> Date {
        self.last_day
    }

    /// The doses of a day in the order of the wall times. They sum to the daily amount; the first ones get what does not divide.
    pub fn parts(&self) -> impl Iterator<Item = (Time, u64)> + '_ {
        let count = u64::try_from(self.rhythm.times.len()).unwrap_or(1).max(1);
        let (each, left) = (self.rhythm.daily_ul / count, self.rhythm.daily_ul % count);
        self.rhythm.times.iter().zip(0_u64..).map(move |(time, index)| (*time, each + u64::from(index < left)))
    }

    /// Whether the date is a day with doses.
    pub fn is_day(&self, date: Date) -> bool {
        let rhythm = &self.rhythm;
        let is_in_range = rhythm.from <= date && date <= self.last_day;
        is_in_range && rhythm.weekdays.contains(&DoseDay::from(date.weekday())) && self.exists(date)
    }

    /// A zone can leave a date out, as Samoa did with 30 December 2011.
    fn exists(&self, date: Date) -> bool {
        let zone = &self.rhythm.zone;
        date.tomorrow().ok().is_none_or(|next| zone.start_of_day(date) != zone.start_of_day(next))
    }

    /// The doses of a date, ascending. A wall time that the clocks skip comes later by the width of the gap; one that they show
    /// twice counts once, at the first. Doses that so come to one instant are one dose.
    pub fn doses_on(&self, date: Date) -> Vec<(Timestamp, u64)> {
        if !self.is_day(date) {
            return Vec::new();
        }
        let mut doses = BTreeMap::new();
        for (time, amount) in self.parts() {
            if let Some(at) = self.rhythm.zone.instant(date.to_datetime(time)) {
                *doses.entry(at).or_insert(0) += amount;
            }
        }
        doses.into_iter().collect()
    }
}

fn days_after(date: Date, days: i32) -> Date {
    date.saturating_add(Span::new().days(days))
}
