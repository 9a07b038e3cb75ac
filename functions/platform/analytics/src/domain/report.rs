//! Reports: which metrics, of which period, in which format, and when they run by themselves.

pub mod csv;
pub mod parquet;
mod relative;
mod row;
mod schedule;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};

use super::period::{Interval, Range, RangeError};

pub use relative::{MAX_UNITS, PeriodUnit, RelativePeriod, Window};
pub use row::ReportRow;
pub use schedule::{Frequency, Schedule};

/// The most reports of a user.
pub const MAX_REPORTS: usize = 20;
/// The most metrics of a report.
pub const MAX_METRICS: usize = 10;
/// The most characters of a report's name.
pub const MAX_NAME_CHARS: usize = 100;
/// The most periods per metric: hours of 41 days, or days of two years.
pub const MAX_POINTS: usize = 1_000;

/// Format of a report's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// Comma-separated values (RFC 4180).
    #[default]
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// A metric of a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Column {
    /// Name of the metric.
    pub metric: String,
    /// Dimension that its values are broken down by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What a report contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The metrics, each once.
    pub metrics: Vec<Column>,
    /// Length of the periods that have a value each.
    pub interval: Interval,
    /// The time that it covers, relative to the run.
    pub period: RelativePeriod,
    /// Format of the file.
    pub format: ReportFormat,
}

/// A report of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Report ID.
    pub id: Uuid,
    /// The user who created it, and who alone can see it.
    pub owner_id: UserId,
    /// Name.
    pub name: String,
    /// What it contains.
    pub content: Content,
    /// When it runs by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// When it runs next by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_run_at: Option<Timestamp>,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// A report cannot be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// The period has too many intervals.
    #[error("must have at most {MAX_POINTS} intervals: use a shorter period or a longer interval")]
    TooManyPoints,
}

impl Content {
    /// Checks that the period has a bounded number of intervals, whenever the report runs.
    pub fn check(&self) -> Result<(), ContentError> {
        let hours = self.period.max_days().saturating_mul(24);
        let points = match self.interval {
            Interval::Hour => hours,
            Interval::Day => hours / 24,
            // A month has at least 28 days, and the first and the last one may be touched.
            Interval::Month => hours / 24 / 28 + 2,
        };
        if usize::try_from(points).is_ok_and(|points| points <= MAX_POINTS) {
            Ok(())
        } else {
            Err(ContentError::TooManyPoints)
        }
    }

    /// Returns the periods of a run at this instant.
    pub fn range(&self, run_at: Timestamp) -> Result<Range, RangeError> {
        let window = self.period.before(run_at).ok_or(RangeError::Empty)?;
        Range::between(window.from, window.to, self.interval, MAX_POINTS)
    }
}

impl Report {
    /// A new report.
    pub fn new(
        id: Uuid,
        owner_id: UserId,
        name: String,
        content: Content,
        schedule: Option<Schedule>,
        now: Timestamp,
    ) -> Self {
        let next_run_at = schedule.as_ref().and_then(|schedule| schedule.next_after(now));
        Self { id, owner_id, name, content, schedule, next_run_at, created_at: now }
    }

    /// Whether this is what another request with the same `Idempotency-Key` asked for.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.content, &self.schedule) == (&other.name, &other.content, &other.schedule)
    }

    /// The due time of a run that is to start now, and the report that waits for the next one; `None` if none is due.
    ///
    /// If several due times have passed, for example during an outage, only the latest one runs.
    pub fn take_due(&self, now: Timestamp) -> Option<(Timestamp, Self)> {
        let (schedule, mut due) = (self.schedule.as_ref()?, self.next_run_at.filter(|due| *due <= now)?);
        let next = loop {
            match schedule.next_after(due) {
                Some(next) if next <= now => due = next,
                next => break next,
            }
        };
        Some((due, Self { next_run_at: next, ..self.clone() }))
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
