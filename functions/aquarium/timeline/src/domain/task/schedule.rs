//! When a task is due: once, by a recurrence rule, or a number of days after it was done.

use std::collections::BTreeSet;

use calendar::{EpochDay, Recurrence, ZoneName};
use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Maximum number of days between two occurrences of a rolling schedule.
pub const MAX_EVERY_DAYS: u16 = 3_650;
/// Maximum number of dates that a schedule leaves out.
pub const MAX_EXCEPT: usize = 50;
/// Maximum number of occurrences that are passed over to find the next one: six a day on all dates that are left out, and two
/// days around each change of the season.
const MAX_PASSED_OVER: usize = 600;
/// How many days are tried to find the first one whose wall time is after an instant. A zone can leave out a day.
const MAX_DAYS_TRIED: i64 = 5;
/// Months of a year.
const MONTHS: i8 = 12;
/// More than offsets of one zone differ, in hours: how long before midnight the search for a new season starts.
const SEASON_MARGIN_HOURS: i64 = 26;

/// When a task is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// The rule.
    pub rule: Rule,
    /// The months of the year in which it is due, 1 to 12. Empty for all of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub months: BTreeSet<i8>,
    /// Local dates on which it is not due.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<Date>,
}

/// The rule of a schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Due once.
    Once {
        /// Local time.
        at: DateTime,
        /// Time zone.
        zone: ZoneName,
    },
    /// Due by a rule, whether or not earlier occurrences were done.
    Fixed {
        /// The rule with its start, zone and clock.
        recurrence: Box<Recurrence>,
    },
    /// Due a number of days after it was done.
    Rolling {
        /// Number of days.
        every_days: u16,
        /// Local time.
        at: Time,
        /// Time zone.
        zone: ZoneName,
        /// Local date of the first occurrence.
        starts_on: Date,
    },
}

impl Schedule {
    /// A schedule without a season and exceptions.
    pub const fn of(rule: Rule) -> Self {
        Self { rule, months: BTreeSet::new(), except: BTreeSet::new() }
    }

    /// Returns the first occurrence after an instant. A rolling schedule is taken from its start: every day is possible.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let mut after = after;
        for _ in 0..MAX_PASSED_OVER {
            let at = self.rule.next_after(after)?;
            let on = self.local(at).date();
            if !self.is_in_season(on) {
                after = self.before_season(on).map_or(at, |start| start.max(at));
            } else if self.except.contains(&on) {
                after = at;
            } else {
                return Some(at);
            }
        }
        None
    }

    /// Returns the occurrence after one that was done or skipped on a local date, and that a rolling schedule counts from.
    pub fn following(&self, settled: Timestamp, on: Date) -> Option<Timestamp> {
        let Rule::Rolling { every_days, at, zone, .. } = &self.rule else { return self.next_after(settled) };
        let counted = on.checked_add(days(*every_days)).ok()?;
        // Work can be back-dated: the occurrence that it settled does not come back.
        let next_day = self.local(settled).date().tomorrow().ok()?;
        let candidate = zone.instant(counted.max(next_day).to_datetime(*at))?;
        self.next_after(just_before(candidate).max(settled))
    }

    /// Returns the occurrences from one instant to before another, ascending, at most `bound` of them. Those of a rolling
    /// schedule are a forecast: they assume that each one is done on its day.
    pub fn occurrences(&self, from: Timestamp, to: Timestamp, bound: usize) -> Vec<Timestamp> {
        let is_in_time = |at: &Timestamp| *at < to;
        let first = self.first_from(from).filter(is_in_time);
        let next = |last: &Timestamp| self.following(*last, self.local(*last).date()).filter(is_in_time);
        std::iter::successors(first, next).filter(|at| *at >= from).take(bound).collect()
    }

    /// Returns the local time of an instant.
    pub fn local(&self, at: Timestamp) -> DateTime {
        match &self.rule {
            Rule::Fixed { recurrence } => recurrence.local(at),
            Rule::Once { zone, .. } | Rule::Rolling { zone, .. } => zone.local(at),
        }
    }

    /// Returns the time zone.
    pub fn zone(&self) -> &ZoneName {
        match &self.rule {
            Rule::Fixed { recurrence } => recurrence.time_zone(),
            Rule::Once { zone, .. } | Rule::Rolling { zone, .. } => zone,
        }
    }

    /// Whether the next occurrence depends on when the last one was done.
    pub const fn is_rolling(&self) -> bool {
        matches!(self.rule, Rule::Rolling { .. })
    }

    /// Whether it has a single occurrence.
    pub const fn is_once(&self) -> bool {
        matches!(self.rule, Rule::Once { .. })
    }

    /// The occurrence with which a series of occurrences from an instant begins: for a rolling schedule one of the days that
    /// are counted from its start.
    fn first_from(&self, from: Timestamp) -> Option<Timestamp> {
        let Rule::Rolling { every_days, at, zone, starts_on } = &self.rule else {
            return self.next_after(just_before(from));
        };
        let passed = EpochDay::of(zone.local(from).date()).number() - EpochDay::of(*starts_on).number();
        let every = i32::from(*every_days).max(1);
        // One period earlier: the season or an exception may move it behind the instant.
        let periods = (passed / every - 1).max(0);
        let day = starts_on.checked_add(Span::new().try_days(i64::from(periods * every)).ok()?).ok()?;
        self.next_after(just_before(zone.instant(day.to_datetime(*at))?))
    }

    fn is_in_season(&self, on: Date) -> bool {
        self.months.is_empty() || self.months.contains(&on.month())
    }

    /// An instant shortly before the next season.
    fn before_season(&self, on: Date) -> Option<Timestamp> {
        let mut first = on.first_of_month();
        for _ in 0..MONTHS {
            first = first.checked_add(1.month()).ok()?;
            if self.is_in_season(first) {
                return self.zone().start_of_day(first)?.checked_sub(SEASON_MARGIN_HOURS.hours()).ok();
            }
        }
        None
    }
}

impl Rule {
    /// The first occurrence after an instant, without season and exceptions.
    fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Once { at, zone } => zone.instant(*at).filter(|at| *at > after),
            Self::Fixed { recurrence } => recurrence.next_after(after),
            Self::Rolling { at, zone, starts_on, .. } => {
                let today = zone.local(after).date();
                let first = today.yesterday().unwrap_or(today).max(*starts_on);
                let tried = (0..MAX_DAYS_TRIED).filter_map(|number| first.checked_add(number.days()).ok());
                tried.filter_map(|day| zone.instant(day.to_datetime(*at))).find(|at| *at > after)
            }
        }
    }
}

/// The last instant before another one.
pub fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(1.nanosecond()).unwrap_or(Timestamp::MIN)
}

fn days(number: u16) -> Span {
    i64::from(number).days()
}
