//! Reads and writes of tasks.

use std::collections::BTreeSet;

use dynamo::{Outbox, Page, Read, StoreError, Transaction, TransactionError, Versioned, is_written};
use futures::future::{try_join, try_join_all};
use jiff::Timestamp;
use types::{AquariumId, TaskId, UserId, Uuid};

use super::keys::{Owned, Shared, access_key, head_key, mark_key, owned_by, shared_with};
use super::task_items::{TaskTally, due_in, ended_key, own_task_key, task_key, tasks_of};
use super::{Ended, Mark, NotWritten, Opened, OwnTask, Store, Timeline};
use crate::domain::access::{Access, Scope};
use crate::domain::task::{Details, MAX_TASKS, Task};

/// Number of aquariums of each kind, own and shared, of which tasks are listed together. Each takes a query.
const MAX_DUE_AQUARIUMS: usize = 25;
/// Number of aquariums that are read to find those: what was shared with a user is marked for months after it ended.
const MAX_LISTED_AQUARIUMS: u32 = 100;
/// Maximum number of reads of all tasks of an aquarium: a read ends after a megabyte.
const MAX_TASK_READS: usize = 4;
/// The number of the write that counts the tasks of the aquarium, in the transaction that creates one.
const TALLY: usize = 3;
/// The number of the last condition of that transaction: that the task was not deleted.
const NOT_ENDED: usize = 6;

/// An aquarium that a member opened to read or change a task, from one strongly consistent read.
#[derive(Debug)]
pub struct OpenedTask {
    /// The members. Writes are conditional on it.
    pub access: Versioned<Access>,
    /// What the caller may do.
    pub scope: Scope,
    /// The task.
    pub task: Option<Versioned<Task>>,
    /// Whether the task was deleted in the last 30 days.
    pub was_deleted: bool,
    own: Option<Versioned<OwnTask>>,
}

/// A change of a task.
#[derive(Debug)]
pub struct TaskChange<'a> {
    /// What was read.
    pub opened: &'a OpenedTask,
    /// The task afterwards.
    pub next: &'a Task,
    /// Whether the user wrote what the task says.
    pub is_written: bool,
    /// The event.
    pub outbox: &'a Outbox,
    /// The time.
    pub now: Timestamp,
}

/// The tasks of a user's aquariums.
#[derive(Debug)]
pub struct DueTasks {
    /// The tasks.
    pub tasks: Vec<Versioned<Task>>,
    /// Whether there are no further aquariums.
    pub is_complete: bool,
}

impl Store {
    /// Opens a task; none for users without access.
    pub async fn open_task(
        &self,
        user: UserId,
        aquarium: AquariumId,
        id: TaskId,
    ) -> Result<Option<OpenedTask>, StoreError> {
        let own_key = || own_task_key(user, aquarium, id);
        let keys = vec![access_key(aquarium), task_key(aquarium, id), ended_key(aquarium, id), own_key()];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(aquarium))? else { return Ok(None) };
        let Some(scope) = access.value.scope(user) else { return Ok(None) };
        let task = found.take(task_key(aquarium, id))?;
        let was_deleted = found.contains(ended_key(aquarium, id));
        Ok(Some(OpenedTask { access, scope, task, was_deleted, own: found.take(own_key())? }))
    }

    /// Opens a timeline and a task to settle an occurrence; none for users without access. The last value is true if the user
    /// has changed the task before.
    pub async fn open_to_settle(
        &self,
        user: UserId,
        aquarium: AquariumId,
        id: TaskId,
        command: Uuid,
    ) -> Result<Option<(Opened, Option<Versioned<Task>>, bool)>, StoreError> {
        let own_key = || own_task_key(user, aquarium, id);
        let mark = || mark_key(aquarium, command);
        let keys = vec![access_key(aquarium), head_key(aquarium), mark(), task_key(aquarium, id), own_key()];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(aquarium))? else { return Ok(None) };
        let Some(scope) = access.value.scope(user) else { return Ok(None) };
        let head = found.take(head_key(aquarium))?;
        let mark = found.take::<Mark>(mark())?.map(|mark| mark.value);
        let task = found.take(task_key(aquarium, id))?;
        let is_known = found.contains(own_key());
        Ok(Some((Opened { access, scope, head, mark, own_entry: None }, task, is_known)))
    }

    /// Adds a task, unless the aquarium has the maximum number or the task was deleted.
    pub async fn add_task(&self, change: &TaskChange<'_>) -> Result<(), NotWritten> {
        let transaction = self.begin_change(change);
        let tally = TaskTally { aquarium_id: change.next.aquarium_id };
        let transaction = transaction.count(&tally, TaskTally::TASKS, 1, 0..=i64::from(MAX_TASKS));
        let transaction = transaction.create(change.next, change.outbox);
        // Last: a late duplicate of the request may have read before the task was created and deleted.
        let transaction = change.keep_own(transaction).absent(ended_key(change.next.aquarium_id, change.next.id));
        match transaction.commit().await {
            Err(TransactionError::Cancelled(cancelled)) if is_full(&cancelled) => Err(NotWritten::TooManyTasks),
            committed => committed.map_err(|error| NotWritten::of(error, change.now)),
        }
    }

    /// Changes a task while it and the access are as they were read.
    pub async fn change_task(&self, read: &Versioned<Task>, change: &TaskChange<'_>) -> Result<(), NotWritten> {
        let transaction = self.begin_change(change).replace(read, change.next, change.outbox);
        let committed = change.keep_own(transaction).commit().await;
        committed.map_err(|error| NotWritten::of(error, change.now))
    }

    /// Deletes a task while it and the access are as they were read, with what the user wrote in it.
    pub async fn delete_task(&self, read: &Versioned<Task>, change: &TaskChange<'_>) -> Result<(), NotWritten> {
        let tally = TaskTally { aquarium_id: read.value.aquarium_id };
        let mut transaction = self.begin_change(change).delete(read);
        transaction = transaction.create(&Ended::new(&read.value, change.now), change.outbox);
        transaction = transaction.count(&tally, TaskTally::TASKS, -1, 0..=i64::MAX);
        if let Some(own) = &change.opened.own {
            transaction = transaction.delete(own);
        }
        transaction.commit().await.map_err(|error| NotWritten::of(error, change.now))
    }

    /// A page of the tasks of an aquarium for a user, ordered by ID; none for users without access.
    pub async fn tasks_for(
        &self,
        user: UserId,
        aquarium: AquariumId,
        page: kit::http::Page,
    ) -> Result<Option<Page<Task>>, StoreError> {
        let listed = self.table.list::<Task>(tasks_of(aquarium), false, page.limit, page.cursor);
        let (scope, listed) = try_join(self.scope(user, aquarium), listed).await?;
        Ok(scope.map(|_| listed))
    }

    /// The tasks of a user's own aquariums and of those that are shared with the user, in two round trips. The access of each
    /// aquarium decides.
    pub async fn due_tasks(&self, user: UserId) -> Result<DueTasks, StoreError> {
        let owned = self.table.list::<Owned>(owned_by(user), false, MAX_LISTED_AQUARIUMS, None);
        let shared = self.table.list::<Shared>(shared_with(user), false, MAX_LISTED_AQUARIUMS, None);
        let (owned, shared) = try_join(owned, shared).await?;
        let is_listed = owned.next.is_none() && shared.next.is_none();
        let owned: Vec<_> = owned.items.iter().map(|owned| owned.value.aquarium_id).collect();
        let shared = shared.items.iter().filter(|shared| shared.value.is_member);
        let shared: Vec<_> = shared.map(|shared| shared.value.aquarium_id).collect();
        let is_complete = is_listed && owned.len().max(shared.len()) <= MAX_DUE_AQUARIUMS;
        let first = |ids: Vec<AquariumId>| ids.into_iter().take(MAX_DUE_AQUARIUMS);
        let ids: BTreeSet<AquariumId> = first(owned).chain(first(shared)).collect();
        let accesses = self.table.get_many(ids.iter().map(|id| access_key(*id)).collect(), Read::Strong);
        let lists = try_join_all(ids.iter().map(|id| self.all_tasks(*id)));
        let (mut accesses, lists) = try_join(accesses, lists).await?;
        let mut tasks = Vec::new();
        for (id, listed) in ids.iter().zip(lists) {
            let access = accesses.take::<Access>(access_key(*id))?;
            if access.is_some_and(|access| access.value.scope(user).is_some()) {
                tasks.extend(listed);
            }
        }
        Ok(DueTasks { tasks, is_complete })
    }

    /// All tasks of an aquarium. The caller checks the access. May miss the last second.
    pub async fn all_tasks(&self, aquarium: AquariumId) -> Result<Vec<Versioned<Task>>, StoreError> {
        // One more than there are: a page that is full has a next one, also if that is empty.
        let limit = MAX_TASKS + 1;
        Ok(self.table.list_pages(&tasks_of(aquarium), limit, MAX_TASK_READS, Read::Eventual).await?.items)
    }

    /// Returns a task with the members of its aquarium.
    pub async fn task_and_access(
        &self,
        aquarium: AquariumId,
        id: TaskId,
    ) -> Result<(Option<Versioned<Access>>, Option<Versioned<Task>>), StoreError> {
        let keys = vec![access_key(aquarium), task_key(aquarium, id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        Ok((found.take(access_key(aquarium))?, found.take(task_key(aquarium, id))?))
    }

    /// Writes a task that became due, while it and the members are as they were read. Returns false if they are not.
    pub async fn fire_task(
        &self,
        access: &Versioned<Access>,
        read: &Versioned<Task>,
        next: &Task,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        is_written(self.table.transaction().unchanged(access).replace(read, next, outbox).commit().await)
    }

    /// The tasks of a part of the index, those first that must be looked at first. May miss the last second.
    pub async fn waking(&self, shard: u8, limit: u32) -> Result<Vec<Versioned<Task>>, StoreError> {
        Ok(self.table.list_index(due_in(shard), false, limit, None).await?.items)
    }

    fn begin_change(&self, change: &TaskChange<'_>) -> Transaction<Timeline> {
        self.begin(&change.opened.access, change.opened.scope.user_id(), change.now)
    }
}

impl OwnTask {
    /// Leads from a user to a task, without words.
    pub fn new(user_id: UserId, task: &Task, now: Timestamp) -> Self {
        let (aquarium_id, task_id) = (task.aquarium_id, task.id);
        Self { user_id, aquarium_id, task_id, details: None, schedule: None, recorded_at: now }
    }

    /// The same with what the user wrote. Notes of another member stay out: their author's account is deleted without this one.
    fn written(self, task: &Task) -> Self {
        let notes = task.details.notes.clone().filter(|_| task.notes_by == Some(self.user_id));
        let details = Details { notes, ..task.details.clone() };
        Self { details: Some(details), schedule: Some(task.latest_schedule().clone()), ..self }
    }
}

impl TaskChange<'_> {
    /// Keeps what leads erasure to the task, and what the user wrote.
    fn keep_own(&self, transaction: Transaction<Timeline>) -> Transaction<Timeline> {
        let own = OwnTask::new(self.opened.scope.user_id(), self.next, self.now);
        let own = if self.is_written { own.written(self.next) } else { own };
        match &self.opened.own {
            None => transaction.create(&own, &Outbox::none()),
            Some(read) if self.is_written => transaction.replace(read, &own, &Outbox::none()),
            Some(_) => transaction,
        }
    }
}

/// Whether the aquarium has the maximum number of tasks, and nothing else was in the way.
fn is_full(cancelled: &dynamo::Cancelled) -> bool {
    cancelled.failed(TALLY) && (0..=NOT_ENDED).all(|index| index == TALLY || !cancelled.failed(index))
}
