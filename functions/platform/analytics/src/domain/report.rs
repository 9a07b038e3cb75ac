//! Reports: which metrics, of which period, in which format, and when they run by themselves.

pub mod csv;
pub mod parquet;
mod relative;
mod row;
mod schedule;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};

use super::metric::Metric;
use super::metrics;
use super::period::{Interval, Range, RangeError};
use super::series::max_periods_of;

pub use relative::{MAX_UNITS, PeriodUnit, RelativePeriod, Window};
pub use row::{ReportRow, rows};
pub use schedule::{Frequency, Schedule};

/// The most reports of a user.
pub const MAX_REPORTS: usize = 20;
/// The most metrics of a report.
pub const MAX_METRICS: usize = 10;
/// The most intervals of a run; a metric may allow fewer.
pub const MAX_INTERVALS: usize = 1_000;
/// The most characters of a report's name.
pub const MAX_NAME_CHARS: usize = 100;

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

/// A run that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The due time.
    pub at: Timestamp,
    /// Its date on the wall clock of the schedule, before which the period ends.
    pub date: Date,
    /// The report, which waits for the next due time.
    pub next: Report,
}

/// What is wrong with the content of a report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// There is no metric, or there are more than [`MAX_METRICS`].
    #[error("must have 1 to {MAX_METRICS} metrics")]
    Number,
    /// No metric has this name.
    #[error("names `{0}`, which is no metric: use names from GET /v1/analytics/metrics")]
    UnknownMetric(String),
    /// The metric has no such dimension.
    #[error(
        "breaks `{0}` down by a dimension that it does not have: use a name from its `dimensions`, or leave `by` out"
    )]
    UnknownDimension(String),
    /// A metric is named twice with the same dimension.
    #[error("names `{0}` twice: name each metric once per dimension")]
    Repeated(String),
    /// The metric has no hourly values.
    #[error("names `{0}`, which has no hourly values: use the interval day or month")]
    NotHourly(String),
    /// The period has too many intervals for a metric.
    #[error("has too many intervals: `{metric}` allows {max}; use a shorter period or a longer interval")]
    TooLong {
        /// Name of the metric.
        metric: String,
        /// The most intervals.
        max: usize,
    },
}

impl Default for Content {
    /// A report without metrics, where a file has not begun.
    fn default() -> Self {
        let (period, format) = (RelativePeriod::default(), ReportFormat::default());
        Self { metrics: Vec::new(), interval: Interval::Day, period, format }
    }
}

impl Column {
    /// Returns the metric and the dimension by which it is broken down, as they are declared.
    pub fn declared(&self) -> Result<(&'static Metric, Option<&'static str>), ContentError> {
        let unknown = || ContentError::UnknownMetric(self.metric.clone());
        let metric = metrics::named(&self.metric).ok_or_else(unknown)?;
        let Some(by) = &self.by else { return Ok((metric, None)) };
        let dimension = metric.dimension(by).ok_or_else(|| ContentError::UnknownDimension(self.metric.clone()))?;
        Ok((metric, Some(dimension.name)))
    }
}

impl Content {
    /// Checks that the metrics exist, and that the period has a bounded number of intervals, whenever the report runs.
    pub fn check(&self) -> Result<(), ContentError> {
        if !(1..=MAX_METRICS).contains(&self.metrics.len()) {
            return Err(ContentError::Number);
        }
        let intervals = self.max_intervals();
        let mut known = BTreeSet::new();
        for column in &self.metrics {
            let (metric, _) = column.declared()?;
            if !known.insert(column) {
                return Err(ContentError::Repeated(column.metric.clone()));
            }
            let max = max_periods_of(metric, self.interval);
            let max = max.ok_or_else(|| ContentError::NotHourly(column.metric.clone()))?;
            if intervals > max {
                return Err(ContentError::TooLong { metric: column.metric.clone(), max });
            }
        }
        Ok(())
    }

    /// The most intervals that a run can have.
    fn max_intervals(&self) -> usize {
        let days = self.period.max_days();
        let intervals = match (self.interval, self.period.unit) {
            (Interval::Hour, _) => days.saturating_mul(24),
            (Interval::Day, _) => days,
            (Interval::Month, PeriodUnit::Month) => i64::from(self.period.last),
            // A month has at least 28 days, and the first and the last one may be touched.
            (Interval::Month, PeriodUnit::Day | PeriodUnit::Week) => days / 28 + 2,
        };
        usize::try_from(intervals).unwrap_or(usize::MAX)
    }

    /// Returns the periods of a run on this date.
    pub fn range(&self, date: Date) -> Result<Range, RangeError> {
        let window = self.period.before(date).ok_or(RangeError::Empty)?;
        Range::between(window.from, window.to, self.interval, MAX_INTERVALS)
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

    /// Returns the run that is to start now; `None` if none is due.
    ///
    /// If several due times have passed, for example during an outage, only the latest one runs.
    pub fn take_due(&self, now: Timestamp) -> Option<Due> {
        let (schedule, mut due) = (self.schedule.as_ref()?, self.next_run_at.filter(|due| *due <= now)?);
        let next = loop {
            match schedule.next_after(due) {
                Some(next) if next <= now => due = next,
                next => break next,
            }
        };
        Some(Due { at: due, date: schedule.date_of(due), next: Self { next_run_at: next, ..self.clone() } })
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
