//! Runs of reports in responses.

use jiff::Timestamp;
use kit::http::Problem;
use kit::jobs::{Files, Job, Status};
use serde::Serialize;
use types::Uuid;
use utoipa::ToSchema;

use crate::api::report_view::ReportFileFormat;
use crate::store::ReportRun;

/// Status of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportRunStatus {
    /// Not started.
    Requested,
    /// In progress.
    Running,
    /// The file can be downloaded.
    Done,
    /// Ended without a file.
    Failed,
    /// The file is deleted.
    Expired,
}

/// Run of a report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportRunView {
    /// Run ID.
    pub id: Uuid,
    /// Report ID.
    report_id: Uuid,
    /// Whether the report's schedule started it.
    scheduled: bool,
    /// Status.
    status: ReportRunStatus,
    /// Format of the file.
    format: ReportFileFormat,
    /// Number of rows in the file so far.
    rows: u64,
    /// Number of bytes in the file so far.
    bytes: u64,
    /// Why the run failed. Null if it did not.
    #[schema(example = "the report has more than 200000 rows")]
    failure: Option<String>,
    /// Due time, or time of the request. The period of the report ends before its date: in the time zone of the schedule, or in UTC.
    #[serde(serialize_with = "types::time::millis")]
    run_at: Timestamp,
    /// Time of the request.
    #[serde(serialize_with = "types::time::millis")]
    requested_at: Timestamp,
    /// Time of the end. Null while it runs.
    #[serde(serialize_with = "types::time::optional_millis")]
    finished_at: Option<Timestamp>,
    /// Time at which the file is deleted. Null without a file.
    #[serde(serialize_with = "types::time::optional_millis")]
    expires_at: Option<Timestamp>,
    /// Download URL. Null unless the status is `done`, and in lists. Every response has a new one.
    #[schema(example = "https://bucket.s3.eu-central-1.amazonaws.com/exports/analytics/…?X-Amz-Signature=…")]
    url: Option<String>,
    /// Expiry of `url`, 15 minutes after the response. Null without a URL.
    #[serde(serialize_with = "types::time::optional_millis")]
    url_expires_at: Option<Timestamp>,
}

impl ReportRunView {
    /// A run at this moment, without a download URL.
    pub fn of(job: &Job<ReportRun>, now: Timestamp) -> Self {
        let place = job.work();
        Self {
            id: job.id,
            report_id: place.report_id,
            scheduled: place.scheduled,
            status: job.status(now).into(),
            format: place.content.format.into(),
            rows: job.items(),
            bytes: job.bytes(),
            failure: job.failure_at(now, "the run took too long"),
            run_at: place.run_at,
            requested_at: job.requested_at,
            finished_at: job.finished_at(),
            expires_at: job.file_expires_at(),
            url: None,
            url_expires_at: None,
        }
    }

    /// The same, with a new download URL if the file is there.
    pub async fn with_url(job: &Job<ReportRun>, files: &Files, now: Timestamp) -> Result<Self, Problem> {
        let file = files.download(job, now).await?;
        let url_expires_at = file.as_ref().map(|file| file.expires_at);
        Ok(Self { url: file.map(|file| file.url), url_expires_at, ..Self::of(job, now) })
    }
}

impl From<Status> for ReportRunStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Requested => Self::Requested,
            Status::Running => Self::Running,
            Status::Done => Self::Done,
            Status::Failed => Self::Failed,
            Status::Expired => Self::Expired,
        }
    }
}
