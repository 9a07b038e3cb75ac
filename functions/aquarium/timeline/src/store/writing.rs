//! Writes of members: entries, head and mark in one transaction.

use dynamo::{Outbox, StoreError, Transaction, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{Exceeded, Subject};
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId, Uuid};

use super::keys::Wrote;
use super::task_items::OwnTask;
use super::{Opened, Store, Timeline};
use crate::domain::access::Access;
use crate::domain::entry::Entry;
use crate::domain::limits::CHANGES;
use crate::domain::stream::Head;
use crate::domain::task::Task;

/// How long a repeated command is recognised, in seconds.
const MARK_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A command that was carried out. The command's ID recognises a repeated one whatever version it expects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// ID of the command.
    pub command_id: Uuid,
    /// ID of the request, derived with the idempotency key.
    pub fingerprint: String,
    /// Sequence number of its first entry.
    pub first_seq: u64,
    /// Sequence number of its last entry.
    pub last_seq: u64,
    /// Sequence number of the entry that it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_seq: Option<u64>,
    /// When it expires, in seconds since 1970.
    pub expires_at_second: i64,
}

impl Mark {
    /// The mark of a command that writes these entries.
    pub fn new(
        aquarium_id: AquariumId,
        command_id: Uuid,
        fingerprint: String,
        seqs: (u64, u64),
        now: Timestamp,
    ) -> Self {
        let (first_seq, last_seq) = seqs;
        let expires_at_second = now.as_second() + MARK_SECONDS;
        Self { aquarium_id, command_id, fingerprint, first_seq, last_seq, target_seq: None, expires_at_second }
    }
}

/// Everything that a command writes.
#[derive(Debug)]
pub struct Change<'a> {
    /// What was read.
    pub opened: &'a Opened,
    /// The new end of the timeline.
    pub head: &'a Head,
    /// The new entries.
    pub entries: &'a [Entry],
    /// The entry that a correction changes: as it was read, and as it is afterwards.
    pub target: Option<(&'a Versioned<Entry>, &'a Entry)>,
    /// The task of which an occurrence is done or skipped.
    pub task: Option<Settling<'a>>,
    /// The mark.
    pub mark: &'a Mark,
    /// The events.
    pub outbox: &'a Outbox,
    /// The time.
    pub now: Timestamp,
}

/// A task of which an occurrence is done or skipped.
#[derive(Debug, Clone, Copy)]
pub struct Settling<'a> {
    /// As it was read.
    pub read: &'a Versioned<Task>,
    /// As it is afterwards.
    pub next: &'a Task,
    /// The event of the change.
    pub outbox: &'a Outbox,
    /// What leads erasure to the task, if the user has not changed it before.
    pub own: Option<&'a OwnTask>,
}

impl Settling<'_> {
    fn write_in(&self, transaction: Transaction<Timeline>) -> Transaction<Timeline> {
        let transaction = transaction.replace(self.read, self.next, self.outbox);
        match self.own {
            Some(own) => transaction.create(own, &Outbox::none()),
            None => transaction,
        }
    }
}

/// Reason why nothing was written.
#[derive(Debug)]
pub enum NotWritten {
    /// Another command was faster, or the access changed: read again.
    Conflict,
    /// The author changed timelines too often.
    Limit(Exceeded),
    /// The author's account is deleted.
    UserErased,
    /// The aquarium has the maximum number of tasks.
    TooManyTasks,
    /// The table failed.
    Store(StoreError),
}

/// The number of the condition that the author is not erased, and of the limit, in the transaction.
const ERASED: usize = 1;
const LIMIT: usize = 2;

impl NotWritten {
    /// The reason, from a transaction that [`Store::begin`] began.
    pub(super) fn of(error: TransactionError, now: Timestamp) -> Self {
        match error {
            TransactionError::Store(error) => Self::Store(error),
            TransactionError::Cancelled(cancelled) if cancelled.failed(ERASED) => Self::UserErased,
            TransactionError::Cancelled(cancelled) if cancelled.failed(LIMIT) => Self::Limit(CHANGES.exceeded(now)),
            TransactionError::Cancelled(_) => Self::Conflict,
        }
    }
}

impl Store {
    /// Writes a change, on condition that nothing that it was decided on has changed.
    pub async fn write(&self, change: &Change<'_>) -> Result<(), NotWritten> {
        let none = Outbox::none();
        let mut transaction = self.begin(&change.opened.access, change.opened.scope.user_id(), change.now);
        transaction = transaction.create(change.mark, &none);
        transaction = match &change.opened.head {
            Some(read) => transaction.replace(read, change.head, change.outbox),
            None => transaction.create(change.head, change.outbox),
        };
        if let Some((read, next)) = change.target {
            transaction = transaction.replace(read, next, &none);
        }
        for entry in change.entries {
            transaction = transaction.create(entry, &none);
        }
        if let Some(wrote) = wrote(change) {
            transaction = transaction.create(&wrote, &none);
        }
        if let Some(task) = &change.task {
            transaction = task.write_in(transaction);
        }
        transaction.commit().await.map_err(|error| NotWritten::of(error, change.now))
    }

    /// Begins a transaction of a user: while the access is as it was read, the user is not erased, and the limit is not reached.
    pub(super) fn begin(&self, access: &Versioned<Access>, user: UserId, now: Timestamp) -> Transaction<Timeline> {
        let transaction = self.table.transaction().unchanged(access).unless_forgotten(user);
        CHANGES.count_in(transaction, Subject::User(user), now)
    }
}

/// What a user who is not the owner wrote.
fn wrote(change: &Change<'_>) -> Option<Wrote> {
    let scope = &change.opened.scope;
    let notes = change.entries.iter().filter_map(|entry| entry.personal.as_ref()?.note.clone());
    (!scope.is_owner()).then(|| Wrote {
        user_id: scope.user_id(),
        aquarium_id: scope.aquarium_id(),
        first_seq: change.mark.first_seq,
        last_seq: change.mark.last_seq,
        recorded_at: change.head.recorded_at,
        notes: notes.collect(),
    })
}
