//! Long-running work for one user that produces a file: exports, and imports with a result per row ([`Import`]).
//!
//! A job is an item under `<context>#user#<user id>`, so that erasure finds it. It is requested by an endpoint
//! ([`Jobs::request`]), whose write carries an event in its outbox; a queue consumer runs it ([`Runner::run`]) in bounded
//! steps, over as many invocations as it takes. The output is a multipart upload to S3: each part is at least five MiB,
//! progress is stored after each part, and memory never holds more than one. The final write carries the notification. The
//! download link is made when it is asked for ([`Files::link`]) and never stored. See docs/adr/0028-jobs.md.
//!
//! A context names its kind of job ([`JobKind`]), writes the step function, and gives the roles access to its prefix of the
//! bucket.

mod files;
mod import;
mod job;
mod run;
mod store;

pub use files::{Download, FileError, Files, LINK_SECONDS, import_of};
pub use import::{
    Applied, Effect, Format, Import, ImportKind, Importer, Place, Row, RowError, RowResult, Summary, Uploaded,
};
pub use job::{FILE_SECONDS, Job, JobKind, MAX_PARTS, MAX_RESTARTS, MAX_SECONDS, NextStep, Part, Status, WrongState};
pub use run::{MIN_PART_BYTES, Runner, Step};
pub use store::{Jobs, KnownJobs, NotRequested, Requested};
