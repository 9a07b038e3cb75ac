//! Imports and exports in requests and responses.

use jiff::Timestamp;
use kit::http::Problem;
use kit::jobs::{Files, Format, Import, Job, Status, Summary};
use serde::{Deserialize, Serialize};
use types::Uuid;
use utoipa::ToSchema;

use crate::store::{CatalogExport, CatalogImport};

/// Format of a file with a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "csv")]
pub enum CatalogFormat {
    /// JSON Lines: an object per line and product.
    JsonLines,
    /// Comma-separated values (RFC 4180): a row per variant.
    Csv,
}

/// Request to import or export the catalog.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TransferRequest {
    /// Format of the file.
    pub format: CatalogFormat,
}

impl From<CatalogFormat> for Format {
    fn from(format: CatalogFormat) -> Self {
        match format {
            CatalogFormat::JsonLines => Self::JsonLines,
            CatalogFormat::Csv => Self::Csv,
        }
    }
}

impl From<Format> for CatalogFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::JsonLines => Self::JsonLines,
            Format::Csv => Self::Csv,
        }
    }
}

/// Status of an import or export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferStatus {
    /// An import that waits for its file, or an export that has not started.
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

impl From<Status> for TransferStatus {
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

/// Number of rows of an import so far, by what they did.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportSummary {
    /// Rows that were read.
    rows: u64,
    /// Rows that created a product.
    created: u64,
    /// Rows that changed a product or its prices.
    changed: u64,
    /// Rows that changed nothing.
    unchanged: u64,
    /// Rows that were refused. The file of results says why.
    refused: u64,
}

impl From<Summary> for ImportSummary {
    fn from(Summary { rows, created, changed, unchanged, refused }: Summary) -> Self {
        Self { rows, created, changed, unchanged, refused }
    }
}

/// Import of a catalog.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportView {
    /// Import ID.
    pub id: Uuid,
    /// Format of the uploaded file.
    format: CatalogFormat,
    /// Status.
    status: TransferStatus,
    /// How much of the file is read, in percent.
    #[schema(minimum = 0, maximum = 100, example = 40)]
    percent: u8,
    /// Rows so far.
    summary: ImportSummary,
    /// Why the import failed. Null if it did not.
    #[schema(example = "the file has more than 500000 rows")]
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
    #[schema(example = "https://bucket.s3.eu-central-1.amazonaws.com/imports/catalog/…?X-Amz-Signature=…")]
    results_url: Option<String>,
    /// Expiry of `resultsUrl`, 15 minutes after the response. Null without a URL.
    #[serde(serialize_with = "types::time::optional_millis")]
    results_url_expires_at: Option<Timestamp>,
}

impl ImportView {
    /// An import at this moment, with a new URL if it is done.
    pub async fn of(job: &Job<Import<CatalogImport>>, files: &Files, now: Timestamp) -> Result<Self, Problem> {
        let (place, results) = (job.work(), files.download(job, now).await?);
        let otherwise = "the file was not uploaded within an hour, or the import took too long";
        Ok(Self {
            id: job.id,
            format: place.format().into(),
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

/// Export of a catalog.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogExportView {
    /// Export ID.
    id: Uuid,
    /// Format of the file.
    format: CatalogFormat,
    /// Status.
    status: TransferStatus,
    /// Number of products that were written so far. The total is not known in advance.
    products: u64,
    /// Number of bytes that were written so far.
    bytes: u64,
    /// Why the export failed. Null if it did not.
    #[schema(example = "the file is too large")]
    failure: Option<String>,
    /// Time of the request.
    #[serde(serialize_with = "types::time::millis")]
    requested_at: Timestamp,
    /// Time of the end. Null while the export runs.
    #[serde(serialize_with = "types::time::optional_millis")]
    finished_at: Option<Timestamp>,
    /// Time at which the file is deleted. Null without a file.
    #[serde(serialize_with = "types::time::optional_millis")]
    expires_at: Option<Timestamp>,
    /// Download URL. Null unless the status is `done`. Every response has a new one.
    #[schema(example = "https://bucket.s3.eu-central-1.amazonaws.com/exports/catalog/…?X-Amz-Signature=…")]
    url: Option<String>,
    /// Expiry of `url`, 15 minutes after the response. Null without a URL.
    #[serde(serialize_with = "types::time::optional_millis")]
    url_expires_at: Option<Timestamp>,
}

impl CatalogExportView {
    /// An export at this moment, with a new URL if it is done.
    pub async fn of(job: &Job<CatalogExport>, files: &Files, now: Timestamp) -> Result<Self, Problem> {
        let file = files.download(job, now).await?;
        Ok(Self {
            id: job.id,
            format: job.work().format.into(),
            status: job.status(now).into(),
            products: job.items(),
            bytes: job.bytes(),
            failure: job.failure_at(now, "the export took too long"),
            requested_at: job.requested_at,
            finished_at: job.finished_at(),
            expires_at: job.file_expires_at(),
            url_expires_at: file.as_ref().map(|file| file.expires_at),
            url: file.map(|file| file.url),
        })
    }
}
