//! Imports: jobs that read an uploaded file row by row, and write a file with a result per row.
//!
//! 1. The client uploads a file of JSON Lines or CSV with [`Files::upload_link`], and then requests the import: the endpoint
//!    reads the file's size and entity tag ([`Files::uploaded`]) and starts a job at [`Place::start`].
//! 2. The consumer calls [`Importer::run`]. Each step reads a slice of the file, applies its complete rows, several at a time
//!    and in no certain order, and stores their results beside the file. Then the place in the file is stored in the job's item.
//! 3. When all rows are read, the results become one file of JSON Lines, which ends with a summary.
//!
//! Killed between any two writes, a step is repeated from the place that is stored: the same rows are applied again, and their
//! results replace the first ones. So `apply` must be idempotent by [`Row::id`], which is the same for the same row of the same
//! import. A row that cannot be read or applied is a failed result, and the next row goes on. A file that is replaced while it
//! is read ends the import: each read names the entity tag.

mod csv;
mod records;
mod results;

use std::fmt;
use std::marker::PhantomData;

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use types::{UserId, Uuid};

use dynamo::Outbox;
use dynamo::outbox::OutboxError;

use super::{FileError, Files, Job, JobKind, Runner, Step};
use crate::Deadline;
use crate::consumer::{Failure, PartlyHandled};

use records::split;
pub use results::{RowError, Summary};

/// Maximum size of a row in bytes, and how much of the file one step reads.
pub const MAX_ROW_BYTES: u64 = 256 * 1024;
/// Maximum number of rows that one step applies.
const MAX_STEP_ROWS: usize = 200;
/// Maximum number of rows that are applied at the same time.
const MAX_PARALLEL_ROWS: usize = 8;

/// A kind of import of one context.
pub trait ImportKind: fmt::Debug + Clone + Send + Sync + 'static {
    /// The context that owns the imports.
    type Context: dynamo::Context;

    /// The kind's name, part of the items' keys and of the files' names.
    const NAME: &'static str;
    /// The first part of the files' keys in the bucket, for example `imports`. A lifecycle rule deletes what is there.
    const PREFIX: &'static str;
    /// Maximum size of a file in bytes.
    const MAX_BYTES: u64;
    /// Maximum number of rows of a file.
    const MAX_ROWS: u64;
}

/// The kind of job that an import is. Its file contains the results.
#[derive(Debug, Clone)]
pub struct Import<K>(PhantomData<fn() -> K>);

impl<K: ImportKind> JobKind for Import<K> {
    type Context = K::Context;
    type Work = Place;

    const NAME: &'static str = K::NAME;
    const PREFIX: &'static str = K::PREFIX;
    const CONTENT_TYPE: &'static str = "application/x-ndjson";
    const FILE_NAME: &'static str = "import-results.jsonl";
}

/// Format of an uploaded file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A JSON object per line.
    #[default]
    JsonLines,
    /// Comma-separated values (RFC 4180) in UTF-8. The first row names the columns.
    Csv,
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Uploaded {
    /// Entity tag: it changes with the content.
    pub tag: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    format: Format,
    file: Uploaded,
    /// Bytes of the file that are read.
    read: u64,
    /// Names of the columns of a CSV file, once they are read.
    columns: Option<Vec<String>>,
    summary: Summary,
    /// Number of stored pieces of results.
    pieces: u32,
    /// Number of pieces that are in the file of results.
    gathered: u32,
}

impl Place {
    /// The beginning of a file.
    pub fn start(format: Format, file: Uploaded) -> Self {
        Self { format, file, ..Self::default() }
    }

    /// Number of rows so far: applied, failed, and both.
    pub const fn summary(&self) -> Summary {
        self.summary
    }

    /// How much of the file is read, in percent.
    pub fn percent(&self) -> u8 {
        let percent = self.read.saturating_mul(100).checked_div(self.file.bytes).unwrap_or(100);
        u8::try_from(percent.min(100)).unwrap_or(100)
    }
}

/// A row of an uploaded file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number, from 1. The row with the names of columns has none.
    pub number: u64,
    /// The same for the same row of the same import: what `apply` writes is conditional on it.
    pub id: Uuid,
    /// The fields. All values of a CSV file are texts.
    pub fields: Map<String, Value>,
}

impl Row {
    /// The row as a type of the context, or what is wrong with it.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, RowError> {
        serde_json::from_value(Value::Object(self.fields.clone())).map_err(|error| RowError {
            field: String::new(),
            rule: error.to_string(),
            remedy: "Correct the row and import it again.".to_owned(),
        })
    }
}

/// Runs imports of one kind.
pub struct Importer<K: ImportKind> {
    runner: Runner<Import<K>>,
    files: Files,
}

impl<K: ImportKind> Importer<K> {
    /// An importer made of its parts.
    pub fn new(runner: Runner<Import<K>>, files: Files) -> Self {
        Self { runner, files }
    }

    /// Runs an import until it ends or the deadline passes, as [`Runner::run`] does.
    ///
    /// `apply` applies a row, or returns what is wrong with it. It is called again for the same row after a crash. An error is
    /// for failures of the infrastructure: the step is repeated.
    pub async fn run(
        &self,
        owner: UserId,
        id: Uuid,
        deadline: Deadline,
        apply: impl AsyncFn(&Job<Import<K>>, Row) -> Result<Result<(), Vec<RowError>>, Failure>,
        completed: impl Fn(&Job<Import<K>>, Timestamp) -> Result<Outbox, OutboxError>,
    ) -> PartlyHandled {
        let step = async |job: &Job<Import<K>>, place: Place| self.step(job, place, &apply).await;
        self.runner.run(owner, id, deadline, step, completed).await
    }

    /// Deletes the files of a user whose account was deleted: uploads, results and pieces of them.
    pub async fn forget(&self, owner: UserId) -> PartlyHandled {
        self.runner.forget(owner).await
    }

    async fn step(
        &self,
        job: &Job<Import<K>>,
        place: Place,
        apply: &impl AsyncFn(&Job<Import<K>>, Row) -> Result<Result<(), Vec<RowError>>, Failure>,
    ) -> Result<Step<Place>, Failure> {
        if place.read < place.file.bytes { self.read(job, place, apply).await } else { self.gather(job, place).await }
    }

    /// Reads a slice of the file, applies its complete rows and stores their results.
    async fn read(
        &self,
        job: &Job<Import<K>>,
        mut place: Place,
        apply: &impl AsyncFn(&Job<Import<K>>, Row) -> Result<Result<(), Vec<RowError>>, Failure>,
    ) -> Result<Step<Place>, Failure> {
        let slice = match self.files.slice(job, &place.file, place.read, MAX_ROW_BYTES).await {
            Err(FileError::Replaced) => return Ok(stop("the uploaded file was replaced or deleted while it was read")),
            slice => slice?,
        };
        let is_end = place.read.saturating_add(length(slice.len())) >= place.file.bytes;
        let found = split(place.format, &mut place.columns, &slice, is_end, MAX_STEP_ROWS);
        if found.bytes == 0 {
            return Ok(stop(format!("row {} is longer than {MAX_ROW_BYTES} bytes", place.summary.rows + 1)));
        }
        let rows = length(found.rows.len());
        if place.summary.rows + rows > K::MAX_ROWS {
            return Ok(stop(format!("the file has more than {} rows", K::MAX_ROWS)));
        }
        let first = place.summary.rows + 1;
        let results = stream::iter((first..).zip(found.rows))
            .map(async |(number, fields)| match fields {
                Ok(fields) => {
                    apply(job, Row { number, id: row_id(job, number), fields }).await.map(|result| (number, result))
                }
                Err(error) => Ok((number, Err(vec![error]))),
            })
            .buffered(MAX_PARALLEL_ROWS);
        let results: Vec<_> = results.try_collect().await?;
        if !results.is_empty() {
            self.files.write_piece(job, place.pieces, results::lines(&results)).await?;
            place.pieces += 1;
        }
        place.summary.add(&results);
        place.read += length(found.bytes);
        Ok(Step::Advanced { items: rows, work: place })
    }

    /// Adds the next piece of results to the file; the summary after the last.
    async fn gather(&self, job: &Job<Import<K>>, mut place: Place) -> Result<Step<Place>, Failure> {
        if place.gathered == place.pieces {
            let bytes = results::last_line(place.summary);
            return Ok(Step::Wrote { bytes, items: 0, work: place, last: true });
        }
        let bytes = self.files.read_piece(job, place.gathered).await?;
        place.gathered += 1;
        Ok(Step::Wrote { bytes, items: 0, work: place, last: false })
    }
}

fn row_id<K: ImportKind>(job: &Job<Import<K>>, number: u64) -> Uuid {
    types::derive_id(&["import", &job.id.to_string(), &number.to_string()])
}

fn stop(reason: impl Into<String>) -> Step<Place> {
    Step::Stop { reason: reason.into() }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
