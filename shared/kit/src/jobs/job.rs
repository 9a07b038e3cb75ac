//! The state machine of a job: requested → running → done or failed, and the expiry of its file.

use std::fmt::Debug;

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};

/// The longest time from the request to the end of a job, in seconds. Later it counts as failed. The bucket discards
/// unfinished uploads after a day, so this is less.
pub const MAX_SECONDS: i64 = 6 * 60 * 60;
/// How long the file of a finished job can be downloaded, in seconds: seven days, like the lifecycle rule of `exports/`.
pub const FILE_SECONDS: i64 = 7 * 24 * 60 * 60;
/// The most parts of one file: their tags are in the job's item, which holds at most 400 kB.
pub const MAX_PARTS: usize = 2_000;
/// How often a job starts again after its upload was lost.
pub const MAX_RESTARTS: u32 = 3;

/// A kind of job of one context.
pub trait JobKind: Debug + Clone + Send + Sync + 'static {
    /// The context that owns the jobs.
    type Context: dynamo::Context;
    /// Where the step function stands. It is stored with each part.
    type Work: Debug + Clone + Default + Serialize + DeserializeOwned + Send + Sync;

    /// The kind's name, part of the items' keys and of the files' names.
    const NAME: &'static str;
    /// The first part of the files' keys in the bucket, for example `exports`.
    const PREFIX: &'static str;
    /// The files' media type.
    const CONTENT_TYPE: &'static str;
    /// The name under which browsers save a file.
    const FILE_NAME: &'static str;
    /// The longest time from the request to the first step, in seconds. Later the job counts as failed, so that one which waits
    /// for a file that is never uploaded does not stand in the way of the next.
    const START_SECONDS: i64 = MAX_SECONDS;

    /// The media type of the file of a job.
    fn content_type(_work: &Self::Work) -> &'static str {
        Self::CONTENT_TYPE
    }

    /// The name under which browsers save the file of a job.
    fn file_name(_work: &Self::Work) -> &'static str {
        Self::FILE_NAME
    }
}

/// A job.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Job<K: JobKind> {
    /// Job ID.
    pub id: Uuid,
    /// The user who requested it.
    pub owner_id: UserId,
    /// Correlation ID of the request.
    pub correlation_id: String,
    /// Time of the request.
    pub requested_at: Timestamp,
    /// Number of times that it has started again because its upload was lost.
    pub restarts: u32,
    /// Where the step function begins.
    #[serde(default)]
    begins_at: K::Work,
    state: State<K>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "", tag = "state", rename_all = "snake_case")]
enum State<K: JobKind> {
    Requested,
    Running(Running<K>),
    Done {
        finished_at: Timestamp,
        items: u64,
        bytes: u64,
        #[serde(default)]
        work: K::Work,
    },
    Failed {
        finished_at: Timestamp,
        reason: String,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
struct Running<K: JobKind> {
    upload_id: String,
    parts: Vec<Part>,
    items: u64,
    bytes: u64,
    /// True once the last part is written.
    written: bool,
    work: K::Work,
}

/// A written part of a file, as S3 wants it named when the file is completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The part's entity tag.
    pub tag: String,
    /// The part's checksum, if the client sent one.
    pub crc32: Option<String>,
}

/// What clients see of the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting to be run.
    Requested,
    /// Some of it is done.
    Running,
    /// The file can be downloaded.
    Done,
    /// It ended without a file.
    Failed,
    /// The file is deleted.
    Expired,
}

/// What a runner has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Begin the upload.
    Start,
    /// Write the next part.
    Write,
    /// Complete the file.
    Complete,
    /// Give up: it took too long.
    Abandon,
    /// Nothing: the job is done or failed.
    Nothing,
}

/// A transition that the job's state does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the job is in another state")]
pub struct WrongState;

impl<K: JobKind> Job<K> {
    /// A requested job.
    pub fn new(id: Uuid, owner_id: UserId, correlation_id: String, now: Timestamp) -> Self {
        let (begins_at, state) = (K::Work::default(), State::Requested);
        Self { id, owner_id, correlation_id, requested_at: now, restarts: 0, begins_at, state }
    }

    /// The same job, whose step function begins at this place.
    #[must_use]
    pub fn beginning_at(self, work: K::Work) -> Self {
        Self { begins_at: work, ..self }
    }

    /// The file's key in the bucket.
    pub fn file_key(&self) -> String {
        format!("{}{}", Self::file_prefix(self.owner_id), self.id)
    }

    /// What the keys of all files of a user start with.
    pub fn file_prefix(owner: UserId) -> String {
        format!("{}/{}/{owner}/", K::PREFIX, <K::Context as dynamo::Context>::NAME)
    }

    /// The status at this moment.
    pub fn status(&self, now: Timestamp) -> Status {
        match &self.state {
            State::Requested | State::Running(_) if now >= self.deadline() => Status::Failed,
            State::Requested => Status::Requested,
            State::Running(_) => Status::Running,
            State::Done { finished_at, .. } if now >= after(*finished_at, FILE_SECONDS) => Status::Expired,
            State::Done { .. } => Status::Done,
            State::Failed { .. } => Status::Failed,
        }
    }

    /// When an unfinished job counts as failed.
    pub fn deadline(&self) -> Timestamp {
        match self.state {
            State::Requested if self.restarts == 0 => after(self.requested_at, K::START_SECONDS.min(MAX_SECONDS)),
            _ => after(self.requested_at, MAX_SECONDS),
        }
    }

    /// Why a job failed; `None` if it did not, or just took too long.
    pub fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Failed { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// Why a job counts as failed at this moment, or `otherwise` if it just took too long. `None` if it has not failed.
    pub fn failure_at(&self, now: Timestamp, otherwise: &str) -> Option<String> {
        (self.status(now) == Status::Failed).then(|| self.failure().unwrap_or(otherwise).to_owned())
    }

    /// When a job ended.
    pub fn finished_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Done { finished_at, .. } | State::Failed { finished_at, .. } => Some(*finished_at),
            State::Requested | State::Running(_) => None,
        }
    }

    /// When the file is deleted; `None` without a file.
    pub fn file_expires_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Done { finished_at, .. } => Some(after(*finished_at, FILE_SECONDS)),
            _ => None,
        }
    }

    /// Number of items in the stored parts.
    pub fn items(&self) -> u64 {
        match &self.state {
            State::Running(Running { items, .. }) | State::Done { items, .. } => *items,
            State::Requested | State::Failed { .. } => 0,
        }
    }

    /// Size of the stored parts in bytes.
    pub fn bytes(&self) -> u64 {
        match &self.state {
            State::Running(Running { bytes, .. }) | State::Done { bytes, .. } => *bytes,
            State::Requested | State::Failed { .. } => 0,
        }
    }

    /// Where the step function stands.
    pub fn work(&self) -> K::Work {
        match &self.state {
            State::Running(running) => running.work.clone(),
            State::Done { work, .. } => work.clone(),
            State::Requested | State::Failed { .. } => self.begins_at.clone(),
        }
    }

    /// What to do next.
    pub fn next(&self, now: Timestamp) -> NextStep {
        match &self.state {
            State::Done { .. } | State::Failed { .. } => NextStep::Nothing,
            _ if now >= self.deadline() => NextStep::Abandon,
            State::Requested => NextStep::Start,
            State::Running(running) if running.written => NextStep::Complete,
            State::Running(_) => NextStep::Write,
        }
    }

    /// The upload and its parts so far, while the job runs.
    pub fn upload(&self) -> Option<(&str, &[Part])> {
        match &self.state {
            State::Running(running) => Some((&running.upload_id, &running.parts)),
            _ => None,
        }
    }

    /// The upload has begun.
    pub fn start(&mut self, upload_id: String) -> Result<(), WrongState> {
        let State::Requested = self.state else { return Err(WrongState) };
        let work = self.begins_at.clone();
        self.state = State::Running(Running { upload_id, parts: Vec::new(), items: 0, bytes: 0, written: false, work });
        Ok(())
    }

    /// The step function got further, without anything for the file. Progress is stored, so that a repeat goes on from there.
    pub fn advance(&mut self, items: u64, work: K::Work) -> Result<(), WrongState> {
        let State::Running(running) = &mut self.state else { return Err(WrongState) };
        if running.written {
            return Err(WrongState);
        }
        running.items = running.items.saturating_add(items);
        running.work = work;
        Ok(())
    }

    /// A part was written, with this many items and bytes. `last` is true for the last part.
    pub fn add_part(
        &mut self,
        part: Part,
        (items, bytes): (u64, u64),
        work: K::Work,
        last: bool,
    ) -> Result<(), WrongState> {
        let State::Running(running) = &mut self.state else { return Err(WrongState) };
        if running.written {
            return Err(WrongState);
        }
        running.parts.push(part);
        running.items = running.items.saturating_add(items);
        running.bytes = running.bytes.saturating_add(bytes);
        running.work = work;
        running.written = last;
        Ok(())
    }

    /// The file is complete.
    pub fn finish(&mut self, now: Timestamp) -> Result<(), WrongState> {
        match &self.state {
            State::Running(Running { written: true, items, bytes, work, .. }) => {
                self.state = State::Done { finished_at: now, items: *items, bytes: *bytes, work: work.clone() };
                Ok(())
            }
            _ => Err(WrongState),
        }
    }

    /// The upload was lost: the job begins again, or fails after [`MAX_RESTARTS`].
    pub fn restart(&mut self, now: Timestamp) -> Result<(), WrongState> {
        let State::Running(_) = self.state else { return Err(WrongState) };
        if self.restarts >= MAX_RESTARTS {
            return self.fail("the upload was lost too often", now);
        }
        self.restarts += 1;
        self.state = State::Requested;
        Ok(())
    }

    /// The job ended without a file.
    pub fn fail(&mut self, reason: impl Into<String>, now: Timestamp) -> Result<(), WrongState> {
        match self.state {
            State::Done { .. } | State::Failed { .. } => Err(WrongState),
            State::Requested | State::Running(_) => {
                self.state = State::Failed { finished_at: now, reason: reason.into() };
                Ok(())
            }
        }
    }
}

fn after(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    struct Numbers;

    #[derive(Debug)]
    struct Tests;

    impl dynamo::Context for Tests {
        const NAME: &'static str = "tests";
    }

    impl JobKind for Numbers {
        type Context = Tests;
        type Work = u64;

        const NAME: &'static str = "numbers";
        const PREFIX: &'static str = "exports";
        const CONTENT_TYPE: &'static str = "text/plain";
        const FILE_NAME: &'static str = "numbers.txt";
    }

    #[derive(Debug, Clone, Copy)]
    enum Action {
        Start,
        Write { last: bool },
        Advance,
        Finish,
        Restart,
        Fail,
        Wait(i64),
    }

    fn action() -> impl Strategy<Value = Action> {
        prop_oneof![
            3 => Just(Action::Start),
            4 => any::<bool>().prop_map(|last| Action::Write { last }),
            2 => Just(Action::Advance),
            3 => Just(Action::Finish),
            1 => Just(Action::Restart),
            1 => Just(Action::Fail),
            1 => (0..MAX_SECONDS).prop_map(Action::Wait),
        ]
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn job() -> Job<Numbers> {
        Job::new(Uuid::from_u128(1), UserId::new(Uuid::from_u128(2)), "c".to_owned(), at(0))
    }

    proptest! {
        #[test]
        fn a_job_moves_forward_only_and_every_ending_is_final(actions in proptest::collection::vec(action(), 0..40)) {
            let (mut job, mut seconds) = (job(), 0);
            for action in actions {
                let before = job.clone();
                let part = || Part { tag: "t".to_owned(), crc32: None };
                let moved = match action {
                    Action::Start => job.start("u".to_owned()),
                    Action::Write { last } => job.add_part(part(), (2, 3), before.work() + 1, last),
                    Action::Advance => job.advance(0, before.work()),
                    Action::Finish => job.finish(at(seconds)),
                    Action::Restart => job.restart(at(seconds)),
                    Action::Fail => job.fail("because", at(seconds)),
                    Action::Wait(more) => { seconds += more; Ok(()) }
                };
                if before.finished_at().is_some() && !matches!(action, Action::Wait(_)) {
                    prop_assert_eq!(moved, Err(WrongState));
                }
                if moved.is_err() {
                    prop_assert_eq!(format!("{before:?}"), format!("{job:?}"));
                }
                if let Some((_, parts)) = job.upload() {
                    // The step function stands where the parts end, and their sizes add up.
                    prop_assert_eq!(job.work(), parts.len() as u64);
                    prop_assert_eq!((job.items(), job.bytes()), (2 * parts.len() as u64, 3 * parts.len() as u64));
                }
                if matches!(job.state, State::Done { .. }) && moved.is_ok() && matches!(action, Action::Finish) {
                    prop_assert_eq!(before.next(at(0)), NextStep::Complete);
                }
                prop_assert!(job.restarts <= MAX_RESTARTS);
                let now = at(seconds);
                prop_assert_eq!(job.next(now) == NextStep::Nothing, job.finished_at().is_some());
                if seconds >= MAX_SECONDS && job.finished_at().is_none() {
                    prop_assert_eq!((job.next(now), job.status(now)), (NextStep::Abandon, Status::Failed));
                }
                let text = serde_json::to_string(&job).unwrap();
                let read: Job<Numbers> = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(format!("{read:?}"), format!("{job:?}"));
            }
        }
    }

    #[test]
    fn a_file_can_be_downloaded_for_seven_days() {
        let mut job = job();
        job.start("u".to_owned()).unwrap();
        job.add_part(Part { tag: "t".to_owned(), crc32: None }, (1, 1), 1, true).unwrap();
        job.finish(at(5)).unwrap();
        assert_eq!(job.file_expires_at(), Some(at(5 + FILE_SECONDS)));
        assert_eq!(job.status(at(4 + FILE_SECONDS)), Status::Done);
        assert_eq!(job.status(at(5 + FILE_SECONDS)), Status::Expired);
    }
}
