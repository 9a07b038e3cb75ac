//! Jobs in the table.

use std::marker::PhantomData;

use dynamo::{Conflict, Context, Entity, Key, Outbox, Read, StoreError, Table, TransactionError, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};

use super::job::{FILE_SECONDS, MAX_SECONDS};
use super::{Job, JobKind};
use crate::http::Problem;
use crate::limits::{Exceeded, Limit, Subject};

/// How many jobs of a user are read before a request: those of the last days, of which each has few.
const MAX_LISTED_JOBS: u32 = 50;
/// How long an item outlives its job and file, in seconds: clients can read the status `expired` for a day.
const GRACE_SECONDS: i64 = 24 * 60 * 60;

impl<K: JobKind> Entity for Job<K> {
    type Context = K::Context;

    fn key(&self) -> Key<K::Context> {
        job_key::<K>(self.owner_id, self.id)
    }

    fn expires_at(&self) -> Option<i64> {
        let last = self.finished_at().unwrap_or_else(|| self.deadline());
        Some(last.as_second() + FILE_SECONDS + GRACE_SECONDS)
    }
}

/// What the keys of all jobs of a user and kind start with.
fn jobs_key<K: JobKind>(owner: UserId) -> Key<K::Context> {
    Key::new("user", owner, format!("job#{}#", K::NAME))
}

fn job_key<K: JobKind>(owner: UserId, id: Uuid) -> Key<K::Context> {
    Key::new("user", owner, format!("job#{}#{id}", K::NAME))
}

/// Names a user's newest job of a kind. Its version lets one request win.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
struct Newest<K> {
    owner_id: UserId,
    job_id: Uuid,
    requested_at: Timestamp,
    #[serde(skip)]
    kind: PhantomData<fn() -> K>,
}

impl<K: JobKind> Entity for Newest<K> {
    type Context = K::Context;

    fn key(&self) -> Key<K::Context> {
        newest_key::<K>(self.owner_id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.requested_at.as_second() + MAX_SECONDS + GRACE_SECONDS)
    }
}

fn newest_key<K: JobKind>(owner: UserId) -> Key<K::Context> {
    Key::new("user", owner, format!("job#{}", K::NAME))
}

/// What a request for a job is decided on.
#[derive(Debug)]
pub struct KnownJobs<K: JobKind> {
    earlier: Option<Versioned<Job<K>>>,
    newest: Option<Versioned<Newest<K>>>,
    jobs: Vec<Versioned<Job<K>>>,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub enum Requested<K: JobKind> {
    /// The job was created.
    New(Job<K>),
    /// An earlier request with the same id created it.
    Repeated(Job<K>),
}

/// A job was not created.
#[derive(Debug)]
pub enum NotRequested {
    /// The user has an unfinished job of this kind.
    Running(Uuid),
    /// The user has requested too many.
    Limit(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl NotRequested {
    /// The problem for the caller: `running` if there is an unfinished job.
    pub fn problem(self, running: impl Into<Problem>) -> Problem {
        match self {
            Self::Running(_) => running.into(),
            Self::Limit(exceeded) => exceeded.into(),
            Self::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for NotRequested {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A context's jobs of one kind.
pub struct Jobs<K: JobKind> {
    table: Table<K::Context>,
}

impl<K: JobKind> Clone for Jobs<K> {
    fn clone(&self) -> Self {
        Self { table: self.table.clone() }
    }
}

impl<K: JobKind> Jobs<K> {
    /// The jobs in this table.
    pub fn new(table: Table<K::Context>) -> Self {
        Self { table }
    }

    /// Reads a job. A job of another user is not found.
    pub async fn get(&self, owner: UserId, id: Uuid) -> Result<Option<Versioned<Job<K>>>, StoreError> {
        self.table.get(job_key::<K>(owner, id), Read::Strong).await
    }

    /// Reads what a request for a job is decided on: one round trip, so that an endpoint can join it with its own reads.
    pub async fn known(&self, owner: UserId, id: Uuid) -> Result<KnownJobs<K>, StoreError> {
        let keys = vec![job_key::<K>(owner, id), newest_key::<K>(owner)];
        let (found, jobs) = futures::join!(
            Box::pin(self.table.get_many(keys, Read::Strong)),
            Box::pin(self.table.list_strong::<Job<K>>(jobs_key::<K>(owner), false, MAX_LISTED_JOBS, None)),
        );
        let mut found = found?;
        let (earlier, newest) = (found.take(job_key::<K>(owner, id))?, found.take(newest_key::<K>(owner))?);
        Ok(KnownJobs { earlier, newest, jobs: jobs?.items })
    }

    /// Creates a job with its event, unless the user has an unfinished one or has reached the limit.
    pub async fn request(
        &self,
        known: KnownJobs<K>,
        job: Job<K>,
        limit: Limit,
        now: Timestamp,
        outbox: &Outbox,
    ) -> Result<Requested<K>, NotRequested> {
        let owner = job.owner_id;
        if let Some(earlier) = known.earlier {
            return Ok(Requested::Repeated(earlier.value));
        }
        if let Some(newest) = &known.newest {
            let id = newest.value.job_id;
            let job = match known.jobs.into_iter().find(|job| job.value.id == id) {
                Some(job) => Some(job),
                // It began after the list was read, has expired, or the list is full.
                None => self.get(owner, id).await?,
            };
            let unfinished = job.is_some_and(|job| job.value.finished_at().is_none() && now < job.value.deadline());
            if unfinished {
                return Err(NotRequested::Running(id));
            }
        }
        let own = Newest { owner_id: owner, job_id: job.id, requested_at: now, kind: PhantomData };
        let write = self.table.transaction().create(&job, outbox);
        let write = match &known.newest {
            Some(newest) => write.replace(newest, &own, &Outbox::none()),
            None => write.create(&own, &Outbox::none()),
        };
        match limit.count_in(write, Subject::User(owner), now).commit().await {
            Ok(()) => Ok(Requested::New(job)),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => {
                if let Some(earlier) = cancelled.item::<Job<K>>(0)? {
                    return Ok(Requested::Repeated(earlier.value));
                }
                match cancelled.item::<Newest<K>>(1)? {
                    Some(newest) => Err(NotRequested::Running(newest.value.job_id)),
                    None => Err(NotRequested::Limit(limit.exceeded(now))),
                }
            }
        }
    }

    /// Stores a transition of a job that is still in the version that was read.
    pub(super) async fn save(
        &self,
        read: &Versioned<Job<K>>,
        job: Job<K>,
        outbox: &Outbox,
    ) -> Result<Versioned<Job<K>>, StoreError> {
        self.table.replace(read, job, outbox).await.map_err(|conflict| match conflict {
            Conflict::Item(_) => StoreError::Refused(format!("another invocation runs this {} job", context::<K>())),
            Conflict::Store(error) => error,
        })
    }
}

fn context<K: JobKind>() -> &'static str {
    <K::Context as Context>::NAME
}
