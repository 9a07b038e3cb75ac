//! Facts about care events: what people did or saw at points.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CareEventId, EventTypeId, Money, PointId, UserId};
use utoipa::ToSchema;

/// An admin made a kind of care event, or changed one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventTypeChanged {
    /// The kind.
    pub event_type_id: EventTypeId,
    /// Its short name, which never changes and is unique: `feeding`.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// What the author of such an event gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
    /// True once no new events of it can be made.
    pub retired: bool,
    /// Grows with each change: the greater number is newer.
    pub revision: u64,
}

event!(EventTypeChanged, "events.event_type_changed", version = 1, subject = event_type_id);

/// Somebody reported a care event at a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventReported {
    /// The event.
    pub event_id: CareEventId,
    /// Where.
    pub point_id: PointId,
    /// Who reported it.
    pub user_id: UserId,
    /// Of which kind.
    pub event_type_id: EventTypeId,
    /// The kind's short name.
    pub code: String,
    /// What the kind was called then.
    pub type_name: String,
    /// What the point was called then.
    pub point_name: String,
    /// When it happened, UTC; not when it was reported.
    pub occurred_at: Timestamp,
    /// What the author gets for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
}

event!(EventReported, "events.event_reported", version = 1, subject = event_id);

/// A care event was taken back by its author, or removed by an admin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventRemoved {
    /// The event.
    pub event_id: CareEventId,
    /// Where it was.
    pub point_id: PointId,
    /// Who had reported it.
    pub user_id: UserId,
    /// Of which kind it was.
    pub event_type_id: EventTypeId,
}

event!(EventRemoved, "events.event_removed", version = 1, subject = event_id);
