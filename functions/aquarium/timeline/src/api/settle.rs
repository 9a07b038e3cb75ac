//! What completing and skipping an occurrence of a task share.
//!
//! The change of the task, the entry of the timeline and its mark are written in one transaction. The mark is named after the
//! occurrence: of two members who settle it at the same time one does, and the other gets the result of the first.

use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Invocation, Problem, Tagged};
use serde::Serialize;
use types::{UserId, Uuid, derive_id};
use utoipa::ToSchema;

use super::append_entries::appended;
use super::command::{is_written, salt};
use super::{TaskPath, TaskView, arm};
use crate::ctx::TimerEndpointContext;
use crate::domain::access::Role;
use crate::domain::entry::Entry;
use crate::domain::stream::{Author, Draft, Stream};
use crate::domain::task::{Outcome, Settlement, Task};
use crate::problem::Refusal;
use crate::store::{Change, Mark, Opened, OwnTask, Settling};

/// What became of an occurrence.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettledOccurrence {
    /// What became of it. Another member can have settled it before, with another outcome.
    outcome: Outcome,
    /// Sequence number of the entry of the timeline.
    #[schema(example = 7)]
    entry_seq: u64,
    /// The task afterwards.
    task: TaskView,
}

/// An occurrence that a member settles, with a note for the timeline.
#[derive(Debug)]
pub struct Command {
    /// Aquarium and task.
    pub path: TaskPath,
    /// What becomes of the occurrence.
    pub settlement: Settlement,
    /// Note.
    pub note: Option<String>,
    /// The time.
    pub now: Timestamp,
}

/// What a command writes.
struct Decided {
    next: Task,
    entry: Entry,
    stream: Stream,
}

impl Command {
    /// Settles the occurrence, or returns what was done with it before.
    pub async fn run(
        &self,
        timed: &TimerEndpointContext,
        standing: &Standing,
        call: &Invocation,
    ) -> Result<Tagged<SettledOccurrence>, Problem> {
        let (store, user, TaskPath { id, task_id }) = (&timed.ctx.store, standing.user_id(), self.path);
        let (mut retry, mut was_read_again) = (ConflictRetry::default(), false);
        loop {
            let (_caller, found) = standing.with(store.open_to_settle(user, id, task_id, self.id())).await?;
            let (opened, task, is_known) = found.ok_or(Refusal::NoSuchAquarium)?;
            opened.scope.at_least(Role::Keeper)?;
            let read = task.ok_or(Refusal::NoSuchTask)?;
            if let Some(mark) = &opened.mark {
                // The first attempt may have been killed before it set the timer.
                arm(timed, &read.value).await;
                return self.before(mark, &read);
            }
            if opened.head.as_ref().is_some_and(|head| head.value.saved.is_newer()) {
                return Err(Refusal::NewerEntries.into());
            }
            if !was_read_again && read.value.settled(&self.settlement, self.now).is_err() {
                // The mark may have been written after it was read and before the task was: a batch of reads is no snapshot.
                was_read_again = true;
                continue;
            }
            let stream = store.stream(&opened).await?.ok_or(Refusal::Rebuilding)?;
            let decided = self.decide(&read.value, stream, user)?;
            let own = (!is_known).then(|| OwnTask::new(user, &decided.next, self.now));
            if self.write(timed, call, &opened, &read, &decided, own.as_ref()).await? {
                arm(timed, &decided.next).await;
                return Ok(self.reply(self.settlement.outcome, decided.entry.seq, &decided.next, read.version + 1));
            }
            retry.pause().await?;
        }
    }

    /// The ID of the command: the same for everybody who settles the occurrence.
    fn id(&self) -> Uuid {
        let TaskPath { id, task_id } = self.path;
        let due_at = self.settlement.due_at.to_string();
        derive_id(&["settle occurrence", &id.to_string(), &task_id.to_string(), &due_at])
    }

    fn decide(&self, task: &Task, stream: Stream, user_id: UserId) -> Result<Decided, Problem> {
        let (next, skipped) = task.settled(&self.settlement, self.now)?;
        let draft = Draft {
            content: next.entry(&self.settlement, skipped),
            happened_at: self.settlement.happened_at,
            zone: task.schedule.zone().clone(),
            note: self.note.clone(),
        };
        let author = Author { user_id, now: self.now };
        let (mut entries, stream) = stream.append(vec![draft], &author, vec![salt()?])?;
        let entry = entries.pop().ok_or_else(|| Problem::internal("a draft gives an entry"))?;
        Ok(Decided { next, entry, stream })
    }

    /// Returns false if another command was faster.
    async fn write(
        &self,
        timed: &TimerEndpointContext,
        call: &Invocation,
        opened: &Opened,
        read: &Versioned<Task>,
        decided: &Decided,
        own: Option<&OwnTask>,
    ) -> Result<bool, Problem> {
        let owner_id = opened.scope.owner_id();
        let entries = std::slice::from_ref(&decided.entry);
        let head = decided.stream.head().map_err(Problem::internal)?;
        let head = head.ok_or_else(|| Problem::internal("a timeline with entries has a head"))?;
        let outcome = self.settlement.outcome.as_str().to_owned();
        let seqs = (decided.entry.seq, decided.entry.seq);
        let mark = Mark::new(self.path.id, self.id(), outcome, seqs, self.now);
        let outbox = Outbox::of(call.event(self.now, appended(self.path.id, owner_id, entries)))?;
        let changed = Outbox::of(call.event(self.now, decided.next.fact(owner_id, read.version + 1)))?;
        let change = Change {
            opened,
            head: &head,
            entries,
            target: None,
            task: Some(Settling { read, next: &decided.next, outbox: &changed, own }),
            mark: &mark,
            outbox: &outbox,
            now: self.now,
        };
        is_written(timed.ctx.store.write(&change).await)
    }

    /// The result of the command that was faster. Its mark has the outcome in place of the request.
    fn before(&self, mark: &Mark, read: &Versioned<Task>) -> Result<Tagged<SettledOccurrence>, Problem> {
        let outcome = Outcome::named(&mark.fingerprint);
        let outcome = outcome.ok_or_else(|| Problem::internal("a mark of an occurrence has an outcome"))?;
        Ok(self.reply(outcome, mark.first_seq, &read.value, read.version))
    }

    fn reply(&self, outcome: Outcome, entry_seq: u64, task: &Task, version: u64) -> Tagged<SettledOccurrence> {
        let task = TaskView::of(task, version, self.now);
        Tagged::new(version, SettledOccurrence { outcome, entry_seq, task })
    }
}
