//! Reports in requests and responses.

use calendar::ZoneName;
use jiff::Timestamp;
use kit::http::{Fields, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::domain::period::Interval;
use crate::domain::report::{
    Column, Content, ContentError, Frequency, MAX_NAME_CHARS, MAX_UNITS, PeriodUnit, RelativePeriod, Report,
    ReportFormat, Schedule,
};

/// Metric of a report.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportMetric {
    /// Name of the metric, from `GET /v1/analytics/metrics`.
    #[schema(min_length = 1, max_length = 64, example = "gross_sales")]
    name: String,
    /// Dimension of the metric that its values are broken down by. Null for the total.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64, example = "currency")]
    by: Option<String>,
}

/// Period that a report covers: the last whole days, weeks or months in UTC before the run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportPeriod {
    /// Number of units.
    #[schema(minimum = 1, maximum = 400, example = 7)]
    last: u16,
    /// Unit.
    unit: ReportPeriodUnit,
}

/// Unit of a report's period. Weeks begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportPeriodUnit {
    /// Days.
    Day,
    /// Weeks, from Monday.
    Week,
    /// Calendar months.
    Month,
}

/// Format of a report's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportFileFormat {
    /// Comma-separated values (RFC 4180) in UTF-8.
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// How often a report runs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportFrequency {
    /// Every day.
    Daily,
    /// On Mondays.
    Weekly,
    /// On the first of the month.
    Monthly,
}

/// When a report runs by itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportSchedule {
    /// How often.
    frequency: ReportFrequency,
    /// Hour in local time of `timeZone`.
    #[schema(minimum = 0, maximum = 23, example = 6)]
    hour: i8,
    /// IANA time zone.
    #[schema(min_length = 1, max_length = 64, example = "Europe/Berlin")]
    time_zone: String,
}

/// Request to create a report.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportRequest {
    /// Name.
    #[schema(min_length = 1, max_length = 100, example = "Weekly sales")]
    name: String,
    /// Metrics, each once per dimension.
    #[schema(min_items = 1, max_items = 10)]
    metrics: Vec<ReportMetric>,
    /// Length of the periods that have a value each.
    interval: Interval,
    /// Period that each run covers.
    period: ReportPeriod,
    /// Format of the file.
    format: ReportFileFormat,
    /// When it runs by itself. Null for a report that runs on request only.
    #[serde(default)]
    schedule: Option<ReportSchedule>,
}

/// Report.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportView {
    /// Report ID.
    pub id: Uuid,
    /// Name.
    #[schema(example = "Weekly sales")]
    name: String,
    /// Metrics.
    metrics: Vec<ReportMetric>,
    /// Length of the periods that have a value each.
    interval: Interval,
    /// Period that each run covers.
    period: ReportPeriod,
    /// Format of the file.
    format: ReportFileFormat,
    /// When it runs by itself. Null if it does not.
    schedule: Option<ReportSchedule>,
    /// Time from which the next scheduled run starts, within an hour. Null without a schedule.
    #[serde(serialize_with = "types::time::optional_millis")]
    next_run_at: Option<Timestamp>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

impl ReportRequest {
    /// Parses the request into a new report.
    pub fn parse(self, id: Uuid, owner: UserId, now: Timestamp) -> Result<Report, Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", text::line(&self.name, MAX_NAME_CHARS));
        let period = RelativePeriod::new(self.period.last, self.period.unit.into());
        let period = period.ok_or_else(|| format!("must be from 1 to {MAX_UNITS}"));
        let period = fields.check("period.last", period);
        let schedule = self.schedule.map(|schedule| schedule.parse(&mut fields));
        let columns = self.metrics.into_iter().map(|metric| Column { metric: metric.name, by: metric.by });
        let content = Content {
            metrics: columns.collect(),
            interval: self.interval,
            period: period.unwrap_or_default(),
            format: self.format.into(),
        };
        if let Err(error) = content.check() {
            let field = if matches!(error, ContentError::TooLong { .. }) { "period" } else { "metrics" };
            fields.refuse(field, error);
        }
        let (name, _) = fields.all((name, period))?;
        Ok(Report::new(id, owner, name, content, schedule.flatten(), now))
    }
}

impl ReportSchedule {
    fn parse(self, fields: &mut Fields) -> Option<Schedule> {
        let hour = if (0..24).contains(&self.hour) { Ok(self.hour) } else { Err("must be from 0 to 23") };
        let hour = fields.check("schedule.hour", hour);
        let time_zone = fields.check("schedule.timeZone", ZoneName::parse(&self.time_zone));
        Some(Schedule { frequency: self.frequency.into(), hour: hour?, time_zone: time_zone? })
    }

    fn of(schedule: &Schedule) -> Self {
        let time_zone = schedule.time_zone.as_str().to_owned();
        Self { frequency: schedule.frequency.into(), hour: schedule.hour, time_zone }
    }
}

impl From<Report> for ReportView {
    fn from(report: Report) -> Self {
        let Content { metrics, interval, period, format } = report.content;
        Self {
            id: report.id,
            name: report.name,
            metrics: metrics.into_iter().map(|Column { metric, by }| ReportMetric { name: metric, by }).collect(),
            interval,
            period: ReportPeriod { last: period.last, unit: period.unit.into() },
            format: format.into(),
            schedule: report.schedule.as_ref().map(ReportSchedule::of),
            next_run_at: report.next_run_at,
            created_at: report.created_at,
        }
    }
}

impl From<ReportPeriodUnit> for PeriodUnit {
    fn from(unit: ReportPeriodUnit) -> Self {
        match unit {
            ReportPeriodUnit::Day => Self::Day,
            ReportPeriodUnit::Week => Self::Week,
            ReportPeriodUnit::Month => Self::Month,
        }
    }
}

impl From<PeriodUnit> for ReportPeriodUnit {
    fn from(unit: PeriodUnit) -> Self {
        match unit {
            PeriodUnit::Day => Self::Day,
            PeriodUnit::Week => Self::Week,
            PeriodUnit::Month => Self::Month,
        }
    }
}

impl From<ReportFileFormat> for ReportFormat {
    fn from(format: ReportFileFormat) -> Self {
        match format {
            ReportFileFormat::Csv => Self::Csv,
            ReportFileFormat::Parquet => Self::Parquet,
        }
    }
}

impl From<ReportFormat> for ReportFileFormat {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Csv => Self::Csv,
            ReportFormat::Parquet => Self::Parquet,
        }
    }
}

impl From<ReportFrequency> for Frequency {
    fn from(frequency: ReportFrequency) -> Self {
        match frequency {
            ReportFrequency::Daily => Self::Daily,
            ReportFrequency::Weekly => Self::Weekly,
            ReportFrequency::Monthly => Self::Monthly,
        }
    }
}

impl From<Frequency> for ReportFrequency {
    fn from(frequency: Frequency) -> Self {
        match frequency {
            Frequency::Daily => Self::Daily,
            Frequency::Weekly => Self::Weekly,
            Frequency::Monthly => Self::Monthly,
        }
    }
}
