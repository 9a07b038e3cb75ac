//! Events of care events: what users reported at points.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CareEventId, EventTypeId, Money, PointId, UserId};
use utoipa::ToSchema;

/// An admin created, updated or retired an event type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventTypeChanged {
    /// Event type ID.
    pub event_type_id: EventTypeId,
    /// Unique, immutable code, for example `feeding`.
    pub code: String,
    /// Display name.
    pub name: String,
    /// Reward for the author, if the type has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
    /// Whether the type is retired: no new events of it can be reported.
    pub retired: bool,
    /// Revision of the event type. Higher is newer.
    pub revision: u64,
}

event!(EventTypeChanged, "events.event_type_changed", version = 1, subject = event_type_id);

/// Why a care event earns no reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RewardWithheld {
    /// The author is the keeper of the point.
    OwnPoint,
    /// The point was created too recently.
    NewPoint,
    /// The author has not verified the e-mail address.
    EmailUnverified,
    /// The author has reached the daily limit of the event type.
    UserLimit,
    /// The event type has reached its daily limit.
    TypeLimit,
}

/// A user reported a care event at a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventReported {
    /// Care event ID.
    pub event_id: CareEventId,
    /// Point ID.
    pub point_id: PointId,
    /// User ID of the author.
    pub user_id: UserId,
    /// Event type ID.
    pub event_type_id: EventTypeId,
    /// Code of the event type.
    pub code: String,
    /// Name of the event type at that time.
    pub type_name: String,
    /// Name of the point at that time.
    pub point_name: String,
    /// Time when the event happened, not when it was reported (UTC).
    pub occurred_at: Timestamp,
    /// Reward for the author, if the event type has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
    /// Why the report earns no reward, neither that of its event type nor one of a badge. Present also if the event type
    /// has no reward. Absent if the report can earn rewards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward_withheld: Option<RewardWithheld>,
}

event!(EventReported, "events.event_reported", version = 1, subject = event_id);

/// A care event was deleted by its author or an admin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventRemoved {
    /// Care event ID.
    pub event_id: CareEventId,
    /// Point ID.
    pub point_id: PointId,
    /// User ID of the author.
    pub user_id: UserId,
    /// Event type ID.
    pub event_type_id: EventTypeId,
}

event!(EventRemoved, "events.event_removed", version = 1, subject = event_id);
