//! Imports: jobs that read an uploaded file row by row, and write a file with a result per row.
//!
//! 1. An endpoint requests a job that begins at [`Place::awaiting`] and returns a form for the file ([`Files::upload_form`]). S3
//!    tells of the uploaded file, and [`import_of`](super::import_of) names the import from its key.
//! 2. The consumer calls [`Importer::run`]. Each step reads a slice of the file, applies its complete rows, several groups at a
//!    time and in no certain order, and stores their results beside the file. Then the place in the file is stored in the job's
//!    item.
//! 3. When all rows are read, the results become one file of JSON Lines, which ends with a summary.
//!
//! Killed between any two writes, a step is repeated from the place that is stored: the same rows are applied again, and their
//! results replace the first ones. So `apply` must be idempotent by [`Row::id`], which is the same for the same row of the same
//! import. A row that cannot be read or applied is a failed result, and the next row goes on. A file that is replaced while it
//! is read ends the import: each read names the entity tag, which the first step stores.
//!
//! Adjacent rows may belong together ([`ImportKind::group`]): they are applied with one call, whatever slices the file is read in.

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

use records::{Fields, Found, split};
pub use results::{Applied, Effect, RowError, RowResult, Summary};

/// How much of the file one step reads, in bytes, unless a row or a group is longer.
const SLICE_BYTES: u64 = 256 * 1024;
/// By how much a slice is extended that does not hold one complete row or group.
const SLICE_GROWTH: u64 = 4;
/// Maximum size of the names of the columns in bytes. They are stored in the job's item.
const MAX_COLUMNS_BYTES: usize = 16 * 1024;
/// How long an import waits for its file, in seconds.
const UPLOAD_SECONDS: i64 = 60 * 60;
/// Maximum number of rows that one step applies.
const MAX_STEP_ROWS: usize = 200;
/// Maximum number of groups of rows that are applied at the same time.
const MAX_PARALLEL_GROUPS: usize = 8;

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
    /// Maximum size of a row in bytes. A step holds one in memory.
    const MAX_ROW_BYTES: u64 = SLICE_BYTES;

    /// The group of a row; `None` if it stands alone. Adjacent rows of a group are applied together, in their order. A group that
    /// has more than a step's 200 rows, or more bytes than a row may have, is applied in several parts.
    fn group(_fields: &Map<String, Value>) -> Option<String> {
        None
    }
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
    const START_SECONDS: i64 = UPLOAD_SECONDS;
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

impl Format {
    /// Its media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::JsonLines => "application/x-ndjson",
            Self::Csv => "text/csv",
        }
    }
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
    /// Before the file is uploaded.
    pub fn awaiting(format: Format) -> Self {
        Self { format, ..Self::default() }
    }

    /// The format of the file.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Number of rows so far, by what they did.
    pub const fn summary(&self) -> Summary {
        self.summary
    }

    /// How much of the file is read, in percent.
    pub fn percent(&self) -> u8 {
        let percent = self.read.saturating_mul(100).checked_div(self.file.bytes).unwrap_or(0);
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
    /// `apply` applies the rows of a group, or a single row, and returns a result for each. It is called again for the same rows
    /// after a crash. An error is for failures of the infrastructure: the step is repeated.
    pub async fn run(
        &self,
        owner: UserId,
        id: Uuid,
        deadline: Deadline,
        apply: impl AsyncFn(&Job<Import<K>>, Vec<Row>) -> Result<Vec<RowResult>, Failure>,
        completed: impl Fn(&Job<Import<K>>, Timestamp) -> Result<Outbox, OutboxError>,
    ) -> PartlyHandled {
        let prepare = async |_: &Job<Import<K>>, _: &[&Row]| Ok(());
        let apply = async |job: &Job<Import<K>>, (): &(), rows: Vec<Row>| apply(job, rows).await;
        self.run_prepared(owner, id, deadline, (prepare, apply), completed).await
    }

    /// The same with a preparation for all rows of a step, such as a read of what they need, which `apply` gets with each group.
    pub async fn run_prepared<P>(
        &self,
        owner: UserId,
        id: Uuid,
        deadline: Deadline,
        (prepare, apply): (
            impl AsyncFn(&Job<Import<K>>, &[&Row]) -> Result<P, Failure>,
            impl AsyncFn(&Job<Import<K>>, &P, Vec<Row>) -> Result<Vec<RowResult>, Failure>,
        ),
        completed: impl Fn(&Job<Import<K>>, Timestamp) -> Result<Outbox, OutboxError>,
    ) -> PartlyHandled {
        let step = async |job: &Job<Import<K>>, place: Place| self.step(job, place, &prepare, &apply).await;
        self.runner.run(owner, id, deadline, step, completed).await
    }

    /// Deletes the files of a user whose account was deleted: uploads, results and pieces of them.
    pub async fn forget(&self, owner: UserId) -> PartlyHandled {
        self.runner.forget(owner).await
    }

    async fn step<P>(
        &self,
        job: &Job<Import<K>>,
        place: Place,
        prepare: &impl AsyncFn(&Job<Import<K>>, &[&Row]) -> Result<P, Failure>,
        apply: &impl AsyncFn(&Job<Import<K>>, &P, Vec<Row>) -> Result<Vec<RowResult>, Failure>,
    ) -> Result<Step<Place>, Failure> {
        if place.file.bytes == 0 {
            self.open(job, place).await
        } else if place.read < place.file.bytes {
            self.read(job, place, prepare, apply).await
        } else {
            self.gather(job, place).await
        }
    }

    /// Finds the uploaded file.
    async fn open(&self, job: &Job<Import<K>>, place: Place) -> Result<Step<Place>, Failure> {
        match self.files.uploaded::<K>(job.owner_id, job.id).await? {
            Some(file) => Ok(Step::Advanced { items: 0, work: Place { file, ..place } }),
            None => Ok(stop(format!("there is no uploaded file with 1 to {} bytes", K::MAX_BYTES))),
        }
    }

    /// Reads a slice of the file, applies its complete rows and stores their results.
    async fn read<P>(
        &self,
        job: &Job<Import<K>>,
        place: Place,
        prepare: &impl AsyncFn(&Job<Import<K>>, &[&Row]) -> Result<P, Failure>,
        apply: &impl AsyncFn(&Job<Import<K>>, &P, Vec<Row>) -> Result<Vec<RowResult>, Failure>,
    ) -> Result<Step<Place>, Failure> {
        let Slice { groups, bytes, columns } = match self.slice(job, &place).await? {
            Ok(slice) => slice,
            Err(reason) => return Ok(stop(reason)),
        };
        let rows = length(groups.iter().map(Vec::len).sum());
        if place.summary.rows + rows > K::MAX_ROWS {
            return Ok(stop(format!("the file has more than {} rows", K::MAX_ROWS)));
        }
        let first = place.summary.rows + 1;
        let groups = numbered(job, first, groups);
        let readable: Vec<_> = groups.iter().flatten().filter_map(|row| row.as_ref().ok()).collect();
        let prepared = prepare(job, &readable).await?;
        let results = stream::iter(groups)
            .map(async |group| applied(job, &prepared, group, apply).await)
            .buffered(MAX_PARALLEL_GROUPS);
        let results: Vec<RowResult> = results.try_collect::<Vec<_>>().await?.into_iter().flatten().collect();
        let mut place = Place { columns, ..place };
        if !results.is_empty() {
            self.files.write_piece(job, place.pieces, results::lines(first, &results)).await?;
            place.pieces += 1;
        }
        place.summary.add(&results);
        place.read += length(bytes);
        Ok(Step::Advanced { items: rows, work: place })
    }

    /// Reads the next complete groups of the file, or returns why it cannot be read further.
    async fn slice(&self, job: &Job<Import<K>>, place: &Place) -> Result<Result<Slice, String>, Failure> {
        let mut size = SLICE_BYTES.min(K::MAX_ROW_BYTES);
        loop {
            let slice = match self.files.slice(job, &place.file, place.read, size).await {
                Err(FileError::Replaced) => {
                    return Ok(Err("the uploaded file was replaced or deleted while it was read".to_owned()));
                }
                slice => slice?,
            };
            let is_end = place.read.saturating_add(length(slice.len())) >= place.file.bytes;
            let mut columns = place.columns.clone();
            let found = split(place.format, &mut columns, &slice, is_end, MAX_STEP_ROWS);
            if columns.iter().flatten().map(String::len).sum::<usize>() > MAX_COLUMNS_BYTES {
                return Ok(Err(format!("the names of the columns have more than {MAX_COLUMNS_BYTES} bytes")));
            }
            let is_whole = is_end && found.bytes == slice.len();
            // A slice that cannot be extended is taken as it is.
            let is_last_try = is_whole || size >= K::MAX_ROW_BYTES || found.rows.len() >= MAX_STEP_ROWS;
            if found.bytes == 0 && is_last_try {
                let row = place.summary.rows + 1;
                return Ok(Err(format!("row {row} is longer than {} bytes", K::MAX_ROW_BYTES)));
            }
            if let Some((groups, bytes)) = grouped::<K>(found, is_whole, is_last_try) {
                return Ok(Ok(Slice { groups, bytes, columns }));
            }
            size = size.saturating_mul(SLICE_GROWTH).min(K::MAX_ROW_BYTES);
        }
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

/// Complete groups of rows from the file.
struct Slice {
    groups: Vec<Vec<Fields>>,
    /// How many bytes they take.
    bytes: usize,
    columns: Option<Vec<String>>,
}

/// Puts rows of one group together. The last group may go on after a slice that is not the whole rest of the file: then it waits
/// for the next slice, or for a longer one if there is no other. `None` asks for a longer slice.
fn grouped<K: ImportKind>(found: Found, is_whole: bool, is_last_try: bool) -> Option<(Vec<Vec<Fields>>, usize)> {
    let (mut groups, mut last, mut ended): (Vec<Vec<Fields>>, Option<String>, usize) = (Vec::new(), None, 0);
    // Where the last group begins.
    let mut begins = 0;
    for (row, end) in found.rows {
        let group = row.as_ref().ok().and_then(K::group);
        match groups.last_mut() {
            Some(rows) if group.is_some() && group == last => rows.push(row),
            _ => {
                groups.push(vec![row]);
                begins = ended;
            }
        }
        (last, ended) = (group, end);
    }
    if is_whole || (last.is_none() && found.bytes > 0) {
        return Some((groups, found.bytes));
    }
    if groups.len() > 1 {
        groups.pop();
        return Some((groups, begins));
    }
    is_last_try.then_some((groups, found.bytes))
}

/// The rows with their numbers and ids.
fn numbered<K: ImportKind>(
    job: &Job<Import<K>>,
    first: u64,
    groups: Vec<Vec<Fields>>,
) -> Vec<Vec<Result<Row, RowError>>> {
    let mut number = first;
    let mut row = |fields: Fields| {
        let id = row_id(job, number);
        let row = fields.map(|fields| Row { number, id, fields });
        number += 1;
        row
    };
    groups.into_iter().map(|group| group.into_iter().map(&mut row).collect()).collect()
}

/// Applies a group. A row that could not be read stands alone.
async fn applied<K: ImportKind, P>(
    job: &Job<Import<K>>,
    prepared: &P,
    group: Vec<Result<Row, RowError>>,
    apply: &impl AsyncFn(&Job<Import<K>>, &P, Vec<Row>) -> Result<Vec<RowResult>, Failure>,
) -> Result<Vec<RowResult>, Failure> {
    let rows = match group.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(rows) => rows,
        Err(error) => return Ok(vec![Err(vec![error])]),
    };
    let count = rows.len();
    let results = apply(job, prepared, rows).await?;
    if results.len() == count {
        Ok(results)
    } else {
        Err(Failure::Poison(format!("{} results for {count} rows", results.len())))
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
