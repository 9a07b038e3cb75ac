//! Events of the timelines of aquariums.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DosePlanId, TaskId, UserId};
use utoipa::ToSchema;

/// A member of an aquarium appended entries to its timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntriesAppended {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// The entries in the order of their sequence numbers, 1 to 20.
    #[schema(min_items = 1, max_items = 20)]
    pub entries: Vec<AppendedEntry>,
}

event!(EntriesAppended, "timeline.entries_appended", version = 1, subject = aquarium_id);

/// An entry of a timeline, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppendedEntry {
    /// Sequence number within the timeline, from 1 and without gaps.
    pub seq: u64,
    /// Type, for example `water_change`.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// Time when it happened (UTC). Entries can be back-dated.
    pub happened_at: Timestamp,
}

/// A member of an aquarium corrected or retracted an entry of its timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryCorrected {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Sequence number of the correction.
    pub seq: u64,
    /// Sequence number of the entry that it corrects.
    pub corrected_seq: u64,
    /// Whether the entry is retracted: it no longer counts.
    pub retracted: bool,
}

event!(EntryCorrected, "timeline.entry_corrected", version = 1, subject = aquarium_id);

/// Status of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// It has an occurrence that is due, was due, or will be.
    Scheduled,
    /// It has no occurrence until it is resumed.
    Paused,
    /// It has no further occurrence, or was deleted.
    Ended,
}

/// A task of an aquarium was created, edited, done, skipped, snoozed, paused, resumed or deleted, or became due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskChanged {
    /// Task ID.
    pub task_id: TaskId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Title.
    pub title: String,
    /// Status.
    pub status: TaskStatus,
    /// Time at which the oldest open occurrence is or was due. Absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Time of the latest completion. Absent if it was never done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Timestamp>,
    /// Revision of the task. Higher is newer.
    pub revision: u64,
}

event!(TaskChanged, "timeline.task_changed", version = 1, subject = task_id);

/// A dose plan of an aquarium was created, edited, paused, refilled or deleted, or its reservoir is low.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DosePlanChanged {
    /// Dose plan ID.
    pub plan_id: DosePlanId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Name of the product.
    pub product: String,
    /// Whether the plan is followed: neither paused nor deleted.
    pub active: bool,
    /// Whether the reservoir is low.
    pub reservoir_low: bool,
    /// Time at which the reservoir will be empty if no dose is missed. Absent if the plan has no reservoir or is not active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub empty_at: Option<Timestamp>,
    /// Revision of the plan. Higher is newer.
    pub revision: u64,
}

event!(DosePlanChanged, "timeline.dose_plan_changed", version = 1, subject = plan_id);
