//! How a consumer runs a job.

use dynamo::outbox::OutboxError;
use dynamo::{Outbox, Versioned};
use jiff::Timestamp;
use types::{UserId, Uuid};

use super::job::MAX_PARTS;
use super::{FileError, Files, Job, JobKind, Jobs, NextStep, WrongState};
use crate::consumer::{Done, Failure, PartlyHandled, Pause, Progress};
use crate::{Clock, Deadline};

/// The least that a part holds, but for the last, in bytes: the bound of S3.
pub const MIN_PART_BYTES: usize = 5 * 1024 * 1024;

/// The result of one step.
#[derive(Debug)]
pub enum Step<W> {
    /// More of the file.
    Wrote {
        /// What comes next in the file.
        bytes: Vec<u8>,
        /// Number of items in it.
        items: u64,
        /// Where the next step begins.
        work: W,
        /// True if the file ends here.
        last: bool,
    },
    /// No more of the file, but further in the work: progress is stored at once.
    Advanced {
        /// Number of items that were processed.
        items: u64,
        /// Where the next step begins.
        work: W,
    },
    /// The job cannot go on, or its user is gone.
    Stop {
        /// Why, for the log.
        reason: String,
    },
}

/// What runs jobs of one kind.
pub struct Runner<K: JobKind> {
    jobs: Jobs<K>,
    files: Files,
    clock: Clock,
}

enum Written<K: JobKind> {
    Part { bytes: Vec<u8>, items: u64, work: K::Work, last: bool },
    Nothing { items: u64, work: K::Work },
    Stop { reason: String },
}

impl From<WrongState> for Failure {
    fn from(error: WrongState) -> Self {
        Self::Retry(error.to_string())
    }
}

impl<K: JobKind> Runner<K> {
    /// A runner made of its parts.
    pub fn new(jobs: Jobs<K>, files: Files, clock: Clock) -> Self {
        Self { jobs, files, clock }
    }

    /// Runs a job until it ends or the deadline passes. Progress is stored after each part, so a repeat goes on from there.
    ///
    /// `step` gets the job and where it stands, and returns a bounded piece of the file; it may be called again for the same
    /// place. `completed` makes the events of the final write.
    pub async fn run(
        &self,
        owner: UserId,
        id: Uuid,
        deadline: Deadline,
        step: impl AsyncFn(&Job<K>, K::Work) -> Result<Step<K::Work>, Failure>,
        completed: impl Fn(&Job<K>, Timestamp) -> Result<Outbox, OutboxError>,
    ) -> PartlyHandled {
        let Some(mut job) = self.jobs.get(owner, id).await? else { return Ok(Done::Ignored.into()) };
        let mut done = Done::Duplicate;
        loop {
            job = match job.value.next(self.clock.now()) {
                NextStep::Nothing => return Ok(done.into()),
                NextStep::Start => self.start(&job).await?,
                NextStep::Write => self.write(&job, &step).await?,
                NextStep::Complete => self.complete(&job, &completed).await?,
                NextStep::Abandon => self.fail(&job, "it took too long".to_owned()).await?,
            };
            done = Done::Applied;
            if deadline.has_passed() && job.value.finished_at().is_none() {
                return Ok(Progress::Continue(Pause::NONE));
            }
        }
    }

    /// Deletes the files of a user whose account was deleted, a bounded number at a time.
    pub async fn forget(&self, owner: UserId) -> PartlyHandled {
        let (deleted, more) = self.files.delete_of::<K>(owner).await?;
        if more {
            return Ok(Progress::Continue(Pause::NONE));
        }
        Ok(if deleted > 0 { Done::Applied } else { Done::Duplicate }.into())
    }

    async fn start(&self, read: &Versioned<Job<K>>) -> Result<Versioned<Job<K>>, Failure> {
        let mut job = read.value.clone();
        job.start(self.files.begin(&job).await?)?;
        Ok(self.jobs.save(read, job, &Outbox::none()).await?)
    }

    async fn write(
        &self,
        read: &Versioned<Job<K>>,
        step: &impl AsyncFn(&Job<K>, K::Work) -> Result<Step<K::Work>, Failure>,
    ) -> Result<Versioned<Job<K>>, Failure> {
        let too_many = read.value.upload().is_some_and(|(_, parts)| parts.len() >= MAX_PARTS);
        if too_many {
            return self.fail(read, "the file is too large".to_owned()).await;
        }
        let (bytes, items, work, last) = match gather(&read.value, step).await? {
            Written::Part { bytes, items, work, last } => (bytes, items, work, last),
            Written::Nothing { items, work } => {
                let mut job = read.value.clone();
                job.advance(items, work)?;
                return Ok(self.jobs.save(read, job, &Outbox::none()).await?);
            }
            Written::Stop { reason } => return self.fail(read, reason).await,
        };
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let part = match self.files.write(&read.value, bytes).await {
            Err(FileError::Lost) => return self.restart(read).await,
            part => part?,
        };
        let mut job = read.value.clone();
        job.add_part(part, (items, length), work, last)?;
        Ok(self.jobs.save(read, job, &Outbox::none()).await?)
    }

    async fn complete(
        &self,
        read: &Versioned<Job<K>>,
        completed: &impl Fn(&Job<K>, Timestamp) -> Result<Outbox, OutboxError>,
    ) -> Result<Versioned<Job<K>>, Failure> {
        match self.files.complete(&read.value).await {
            Err(FileError::Lost) => return self.restart(read).await,
            result => result?,
        }
        let (mut job, now) = (read.value.clone(), self.clock.now());
        job.finish(now)?;
        let outbox = completed(&job, now)?;
        Ok(self.jobs.save(read, job, &outbox).await?)
    }

    async fn restart(&self, read: &Versioned<Job<K>>) -> Result<Versioned<Job<K>>, Failure> {
        tracing::warn!(job = %read.value.id, "the upload was lost, the job starts again");
        self.files.abort(&read.value).await?;
        let mut job = read.value.clone();
        job.restart(self.clock.now())?;
        Ok(self.jobs.save(read, job, &Outbox::none()).await?)
    }

    async fn fail(&self, read: &Versioned<Job<K>>, reason: String) -> Result<Versioned<Job<K>>, Failure> {
        tracing::warn!(job = %read.value.id, reason, "the job failed");
        self.files.abort(&read.value).await?;
        let mut job = read.value.clone();
        job.fail(reason, self.clock.now())?;
        Ok(self.jobs.save(read, job, &Outbox::none()).await?)
    }
}

/// Repeats the step until there is enough for a part.
async fn gather<K: JobKind>(
    job: &Job<K>,
    step: &impl AsyncFn(&Job<K>, K::Work) -> Result<Step<K::Work>, Failure>,
) -> Result<Written<K>, Failure> {
    let (mut bytes, mut items, mut work) = (Vec::new(), 0, job.work());
    loop {
        match step(job, work).await? {
            Step::Stop { reason } => return Ok(Written::Stop { reason }),
            Step::Advanced { items: count, work: next } if bytes.is_empty() => {
                return Ok(Written::Nothing { items: items + count, work: next });
            }
            Step::Advanced { items: count, work: next } => {
                items += count;
                work = next;
            }
            Step::Wrote { bytes: mut more, items: count, work: next, last } => {
                bytes.append(&mut more);
                items += count;
                work = next;
                if last || bytes.len() >= MIN_PART_BYTES {
                    return Ok(Written::Part { bytes, items, work, last });
                }
            }
        }
    }
}
