//! HTTP endpoints, one per file, and their shared parts.

pub mod append_entries;
mod command;
pub mod complete_task;
pub mod correct_entry;
pub mod create_calendar_link;
pub mod create_dose_plan;
pub mod create_task;
pub mod delete_calendar_link;
pub mod delete_dose_plan;
pub mod delete_task;
mod dose_views;
mod dosing;
pub mod get_calendar;
pub mod get_dose_plan;
pub mod get_entry;
pub mod get_month;
pub mod get_planned_doses;
pub mod get_state;
pub mod get_task;
pub mod list_dose_plans;
pub mod list_due_tasks;
pub mod list_entries;
pub mod list_tasks;
mod parsing;
pub mod record_missed_dose;
pub mod refill_reservoir;
pub mod retract_entry;
mod settle;
pub mod skip_task;
pub mod snooze_task;
mod task_schedule;
mod task_view;
mod texts;
pub mod update_dose_plan;
pub mod update_task;
mod views;

pub use task_schedule::{TaskClock, TaskSchedule};
pub use task_view::{TaskOccurrence, TaskSettlement, TaskView, UpcomingSchedule};
pub use views::{EntryStatus, TimelineEntryView};

use kit::openapi::Conventions;
use serde::Deserialize;
use types::{AquariumId, TaskId};

use crate::ctx::TimerEndpointContext;
use crate::domain::task::Task;
use crate::wake::Wake;

/// Path of a task.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskPath {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Task ID.
    pub task_id: TaskId,
}

/// Sets the timer of a task. The task is stored, so the response does not depend on the timer: if it was not set, the sweep finds
/// the task.
async fn arm(timed: &TimerEndpointContext, task: &Task) {
    // What is due already has a message, or is found by the sweep.
    let now = timed.ctx.clock.now();
    let Some(wake) = Wake::of(task).filter(|wake| wake.at > now) else { return };
    if let Err(error) = timed.timer.arm(wake).await {
        tracing::warn!(%error, "a task waits for the sweep");
    }
}

/// Path of an entry.
#[derive(Debug, Clone, Deserialize)]
pub struct EntryPath {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Sequence number.
    pub seq: String,
}

impl EntryPath {
    /// The sequence number; none for a text that is no such number, which no entry has. It has one spelling.
    pub fn seq(&self) -> Option<u64> {
        let seq: u64 = self.seq.parse().ok()?;
        (seq.to_string() == self.seq && seq <= MAX_SEQ).then_some(seq)
    }
}

/// The largest sequence number that fits into the keys.
const MAX_SEQ: u64 = 9_999_999_999;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "timeline", description = "Timelines of aquariums: an append-only log of what their keepers did and saw; tasks with reminders; dose plans; calendar feeds.")), paths(
    append_entries::append_entries,
    complete_task::complete_task,
    correct_entry::correct_entry,
    create_calendar_link::create_calendar_link,
    create_dose_plan::create_dose_plan,
    create_task::create_task,
    delete_calendar_link::delete_calendar_link,
    delete_dose_plan::delete_dose_plan,
    delete_task::delete_task,
    get_calendar::get_calendar,
    get_dose_plan::get_dose_plan,
    get_entry::get_entry,
    get_month::get_month,
    get_planned_doses::get_planned_doses,
    get_state::get_state,
    get_task::get_task,
    list_dose_plans::list_dose_plans,
    list_due_tasks::list_due_tasks,
    list_entries::list_entries,
    list_tasks::list_tasks,
    record_missed_dose::record_missed_dose,
    refill_reservoir::refill_reservoir,
    retract_entry::retract_entry,
    skip_task::skip_task,
    snooze_task::snooze_task,
    update_dose_plan::update_dose_plan,
    update_task::update_task
))]
pub struct Api;
