//! Imports in requests and responses.

use jiff::Timestamp;
use kit::http::Problem;
use kit::jobs::{Files, Import, Job, Status, Summary};
use serde::Serialize;
use types::Uuid;
use utoipa::ToSchema;

use crate::store::SpeciesImport;

/// Status of an import of species.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpeciesImportStatus {
    /// Waits for its file.
    Requested,
    /// In progress.
    Running,
    /// The file of results can be downloaded.
    Done,
    /// Ended without a file of results.
    Failed,
    /// The file of results is deleted.
    Expired,
}

impl From<Status> for SpeciesImportStatus {
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

/// Number of rows of an import of species so far, by what they did.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesImportSummary {
    /// Rows that were read.
    rows: u64,
    /// Rows that created a species.
    created: u64,
    /// Rows that changed a species.
    changed: u64,
    /// Rows that changed nothing.
    unchanged: u64,
    /// Rows that were refused. The file of results says why.
    refused: u64,
}

impl From<Summary> for SpeciesImportSummary {
    fn from(Summary { rows, created, changed, unchanged, refused }: Summary) -> Self {
        Self { rows, created, changed, unchanged, refused }
    }
}

/// Import of species.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesImportView {
    /// Import ID.
    id: Uuid,
    /// Status.
    status: SpeciesImportStatus,
    /// How much of the file is read, in percent.
    #[schema(minimum = 0, maximum = 100, example = 40)]
    percent: u8,
    /// Rows so far.
    summary: SpeciesImportSummary,
    /// Why the import failed. Null if it did not.
    #[schema(example = "the file has more than 20000 rows")]
    failure: Option<String>,
    /// Time of the request.
    #[serde(serialize_with = "types::time::millis")]
    requested_at: Timestamp,
    /// Time of the end. Null while the import runs.
    #[serde(serialize_with = "types::time::optional_millis")]
    finished_at: Option<Timestamp>,
    /// Time at which the file of results is deleted. Null without a file.
    #[serde(serialize_with = "types::time::optional_millis")]
    expires_at: Option<Timestamp>,
    /// URL of the file of results. Null unless the status is `done`. Every response has a new one.
    #[schema(example = "https://bucket.s3.eu-central-1.amazonaws.com/imports/knowledge/…?X-Amz-Signature=…")]
    results_url: Option<String>,
    /// Expiry of `resultsUrl`, 15 minutes after the response. Null without a URL.
    #[serde(serialize_with = "types::time::optional_millis")]
    results_url_expires_at: Option<Timestamp>,
}

impl SpeciesImportView {
    /// An import at this moment, with a new URL if it is done.
    pub async fn of(job: &Job<Import<SpeciesImport>>, files: &Files, now: Timestamp) -> Result<Self, Problem> {
        let (place, results) = (job.work(), files.download(job, now).await?);
        let otherwise = "the file was not uploaded within an hour, or the import took too long";
        Ok(Self {
            id: job.id,
            status: job.status(now).into(),
            percent: place.percent(),
            summary: place.summary().into(),
            failure: job.failure_at(now, otherwise),
            requested_at: job.requested_at,
            finished_at: job.finished_at(),
            expires_at: job.file_expires_at(),
            results_url_expires_at: results.as_ref().map(|results| results.expires_at),
            results_url: results.map(|results| results.url),
        })
    }
}
