//! Items of runs of reports.

use dynamo::{Entity, Key};
use jiff::Timestamp;
use jiff::civil::Date;
use kit::jobs::{FILE_SECONDS, Job, JobKind, MAX_SECONDS};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};

use super::Analytics;
use crate::domain::report::{Content, ReportFormat};

/// The kind of job that writes the file of a report.
#[derive(Debug, Clone)]
pub struct ReportRun;

impl JobKind for ReportRun {
    type Context = Analytics;
    type Work = RunPlace;

    const NAME: &'static str = "run";
    const PREFIX: &'static str = "exports";
    const CONTENT_TYPE: &'static str = "text/csv; charset=utf-8";
    const FILE_NAME: &'static str = "report.csv";

    fn content_type(work: &RunPlace) -> &'static str {
        match work.content.format {
            ReportFormat::Csv => Self::CONTENT_TYPE,
            ReportFormat::Parquet => "application/vnd.apache.parquet",
        }
    }

    fn file_name(work: &RunPlace) -> &'static str {
        match work.content.format {
            ReportFormat::Csv => Self::FILE_NAME,
            ReportFormat::Parquet => "report.parquet",
        }
    }
}

/// Where the file of a run stands. The content is that of the report when the run was requested.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunPlace {
    /// Report ID.
    pub report_id: Uuid,
    /// The due time, or the time of the request.
    pub run_at: Timestamp,
    /// The date that the period of the report ends before: that of the due time on the wall clock of the schedule, or that of the request
    /// in UTC.
    pub date: Date,
    /// Whether its schedule started it.
    pub scheduled: bool,
    /// What the report contains.
    pub content: Content,
    /// Number of metrics that are written.
    pub written: usize,
}

/// Names a run of a report, so that runs can be listed by report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEntry {
    /// The user who owns the report.
    pub owner_id: UserId,
    /// Report ID.
    pub report_id: Uuid,
    /// Run ID.
    pub run_id: Uuid,
    /// Time of the request.
    pub requested_at: Timestamp,
}

impl RunEntry {
    pub(super) fn of(job: &Job<ReportRun>) -> Self {
        let (owner_id, run_id, requested_at) = (job.owner_id, job.id, job.requested_at);
        Self { owner_id, report_id: job.work().report_id, run_id, requested_at }
    }
}

impl Entity for RunEntry {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        let time = self.requested_at.as_millisecond();
        Key::new("user", self.owner_id, format!("run#{}#{time:015}#{}", self.report_id, self.run_id))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.requested_at.as_second() + MAX_SECONDS + FILE_SECONDS)
    }
}

/// The key of a run, as `kit::jobs` stores it.
pub(super) fn run_key(owner: UserId, id: Uuid) -> Key<Analytics> {
    Key::new("user", owner, format!("job#{}#{id}", ReportRun::NAME))
}
