//! Keys of tasks, and of what belongs to them.

use dynamo::{Entity, IndexKey, Key};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, TaskId, UserId};

use super::Timeline;
use super::keys::of_kind;
use crate::domain::task::schedule::Schedule;
use crate::domain::task::{Details, Task};

/// Number of index partitions over which tasks are spread by the time at which they must be looked at.
pub const DUE_SHARDS: u8 = 8;
/// How long the mark of a deleted task is kept, in seconds: as long as a repeated request is recognised.
const ENDED_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Leads from a user to a task that the user changed, so that erasure finds it; and what the user last wrote in it, for the
/// export. It does not name the owner of the aquarium.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnTask {
    /// The user.
    pub user_id: UserId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The task.
    pub task_id: TaskId,
    /// What the user wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
    /// The schedule with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// When it was written.
    pub recorded_at: Timestamp,
}

/// Mark of a deleted task, which has the event of the deletion. A repeated request does not create the task again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The task.
    pub task_id: TaskId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// When it expires, in seconds since 1970.
    pub expires_at_second: i64,
}

/// Number of tasks of an aquarium, which transactions count.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TaskTally {
    pub aquarium_id: AquariumId,
}

impl TaskTally {
    /// The attribute with the number.
    pub(super) const TASKS: &'static str = "tasks";
}

impl Ended {
    /// The mark of a task that is deleted now.
    pub fn new(task: &Task, now: Timestamp) -> Self {
        let expires_at_second = now.as_second() + ENDED_SECONDS;
        Self { task_id: task.id, aquarium_id: task.aquarium_id, expires_at_second }
    }
}

pub(super) fn task_key(aquarium: AquariumId, task: TaskId) -> Key<Timeline> {
    Key::new("aquarium", aquarium, format!("task#{task}"))
}

/// The start of the keys of the tasks of an aquarium.
pub(super) fn tasks_of(aquarium: AquariumId) -> Key<Timeline> {
    of_kind(aquarium, "task")
}

pub(super) fn ended_key(aquarium: AquariumId, task: TaskId) -> Key<Timeline> {
    Key::new("aquarium", aquarium, format!("ended#{task}"))
}

pub(super) fn tally_key(aquarium: AquariumId) -> Key<Timeline> {
    Key::new("aquarium", aquarium, "tally")
}

pub(super) fn own_task_key(user: UserId, aquarium: AquariumId, task: TaskId) -> Key<Timeline> {
    Key::new("user", user, format!("task#{aquarium}#{task}"))
}

/// The start of the keys of the tasks that a user changed.
pub(super) fn own_tasks(user: UserId) -> Key<Timeline> {
    Key::new("user", user, "task#")
}

/// The tasks of a shard by the time at which they must be looked at.
pub(super) fn due_in(shard: u8) -> IndexKey<Timeline> {
    IndexKey::new("due", shard, "at#")
}

impl Entity for Task {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        task_key(self.aquarium_id, self.id)
    }

    fn index(&self) -> Option<IndexKey<Timeline>> {
        let shard = self.id.uuid().as_u128() % u128::from(DUE_SHARDS);
        let at = self.wake_at()?.as_millisecond();
        Some(IndexKey::new("due", shard, format!("at#{at:015}#{}", self.id)))
    }
}

impl Entity for Ended {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        ended_key(self.aquarium_id, self.task_id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at_second)
    }
}

impl Entity for TaskTally {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        tally_key(self.aquarium_id)
    }
}

impl Entity for OwnTask {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        own_task_key(self.user_id, self.aquarium_id, self.task_id)
    }
}
