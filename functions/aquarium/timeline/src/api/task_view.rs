//! Views of tasks.

use contracts::timeline::TaskStatus;
use jiff::Timestamp;
use serde::Serialize;
use types::{AquariumId, TaskId};
use utoipa::ToSchema;

use super::task_schedule::TaskSchedule;
use crate::domain::task::{Category, Open, Outcome, Settled, Task, Upcoming};

/// Task of an aquarium.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// Task ID.
    pub id: TaskId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// Title.
    #[schema(example = "Clean the skimmer")]
    pub title: String,
    /// Notes. Null if there are none, or the account of their author was deleted.
    pub notes: Option<String>,
    /// Category.
    pub category: Category,
    /// Schedule.
    pub schedule: TaskSchedule,
    /// Schedule that takes effect later.
    pub upcoming: Option<UpcomingSchedule>,
    /// Status.
    pub status: TaskStatus,
    /// Time at which the next occurrence is due. Null if there is none, if the task is paused, or if a rolling schedule waits for
    /// the open occurrence.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub next_at: Option<Timestamp>,
    /// Occurrences that are due and neither done nor skipped, oldest first. At most 10.
    pub open: Vec<TaskOccurrence>,
    /// Number of older occurrences that were neither done nor skipped.
    #[schema(example = 0)]
    pub missed: u32,
    /// The last occurrence that was done or skipped.
    pub settled: Option<TaskSettlement>,
    /// Time when it was done last.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub done_at: Option<Timestamp>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// Version of the task, which is also its `ETag`. It also rises when an occurrence becomes due.
    #[schema(example = 1)]
    pub version: u64,
}

/// Schedule that takes effect later.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UpcomingSchedule {
    /// Time from which on it counts.
    #[serde(serialize_with = "types::time::millis")]
    pub from: Timestamp,
    /// Schedule.
    pub schedule: TaskSchedule,
}

/// Occurrence of a task that is due.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskOccurrence {
    /// Time at which it was due. Send it as `occurrence` to complete, skip or snooze it.
    #[serde(serialize_with = "types::time::millis")]
    pub due_at: Timestamp,
    /// Time until which it is snoozed. Null if it is not snoozed.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub snoozed_until: Option<Timestamp>,
}

/// Occurrence of a task that was done or skipped.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskSettlement {
    /// Time at which it was due.
    #[serde(serialize_with = "types::time::millis")]
    pub due_at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// Time when it was done or skipped.
    #[serde(serialize_with = "types::time::millis")]
    pub at: Timestamp,
}

impl TaskView {
    /// The view of a task in a version at a time.
    pub fn of(task: &Task, version: u64, now: Timestamp) -> Self {
        let task = task.advanced(now);
        let (status, next_at) = (task.status(), task.next_at().filter(|_| !task.paused));
        Self {
            id: task.id,
            aquarium_id: task.aquarium_id,
            title: task.details.title,
            notes: task.details.notes,
            category: task.details.category,
            schedule: TaskSchedule::of(&task.schedule),
            upcoming: task.upcoming.as_ref().map(UpcomingSchedule::of),
            status,
            next_at,
            open: task.open.iter().map(|open| TaskOccurrence::of(open, now)).collect(),
            missed: task.missed,
            settled: task.settled.as_ref().map(TaskSettlement::of),
            done_at: task.done_at,
            created_at: task.created_at,
            version,
        }
    }
}

impl UpcomingSchedule {
    fn of(upcoming: &Upcoming) -> Self {
        Self { from: upcoming.from, schedule: TaskSchedule::of(&upcoming.schedule) }
    }
}

impl TaskOccurrence {
    fn of(open: &Open, now: Timestamp) -> Self {
        Self { due_at: open.due_at, snoozed_until: open.snoozed_until.filter(|until| *until > now) }
    }
}

impl TaskSettlement {
    fn of(settled: &Settled) -> Self {
        Self { due_at: settled.due_at, outcome: settled.outcome, at: settled.at }
    }
}
