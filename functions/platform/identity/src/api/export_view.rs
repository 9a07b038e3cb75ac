//! A data export in responses.

use jiff::Timestamp;
use kit::jobs::{Job, Status};
use serde::Serialize;
use types::Uuid;
use utoipa::ToSchema;

use crate::store::DataExport;

/// Data export.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportView {
    /// Export ID.
    id: Uuid,
    /// Status.
    status: ExportStatus,
    /// Progress.
    progress: ExportProgress,
    /// Time of the request.
    #[serde(serialize_with = "types::time::millis")]
    requested_at: Timestamp,
    /// Time of the end. Null while the export runs.
    #[serde(serialize_with = "types::time::optional_millis")]
    finished_at: Option<Timestamp>,
    /// Time at which the file is deleted. Null without a file.
    #[serde(serialize_with = "types::time::optional_millis")]
    expires_at: Option<Timestamp>,
    /// Download URL. Present if the status is `done`. Every response has a new one.
    #[schema(value_type = Option<String>, example = "https://bucket.s3.eu-central-1.amazonaws.com/exports/identity/…?X-Amz-Signature=…")]
    url: Option<String>,
    /// Expiry of `url`, 15 minutes after the response.
    #[serde(serialize_with = "types::time::optional_millis")]
    url_expires_at: Option<Timestamp>,
}

/// Progress of a data export. The total is not known in advance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportProgress {
    /// Number of items written.
    items: u64,
    /// Number of bytes written.
    bytes: u64,
}

/// Status of a data export: `requested`, `running`, `done` (the file can be downloaded), `failed` or `expired` (the
/// file is deleted).
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportStatus {
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

impl From<Status> for ExportStatus {
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

impl ExportView {
    /// An export at this moment, without a download URL.
    pub fn of(job: &Job<DataExport>, now: Timestamp) -> Self {
        Self {
            id: job.id,
            status: job.status(now).into(),
            progress: ExportProgress { items: job.items(), bytes: job.bytes() },
            requested_at: job.requested_at,
            finished_at: job.finished_at(),
            expires_at: job.file_expires_at(),
            url: None,
            url_expires_at: None,
        }
    }

    /// The same with a download URL and its expiry.
    #[must_use]
    pub fn with_url(self, url: String, expires_at: Timestamp) -> Self {
        Self { url: Some(url), url_expires_at: Some(expires_at), ..self }
    }
}
