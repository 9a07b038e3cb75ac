//! Events, their kinds and schedules as everybody sees them.

use jiff::Timestamp;
use serde::Serialize;
use types::{CareEventId, EventTypeId, MediaId, Money, PointId, ScheduleId, UserId};
use utoipa::ToSchema;

use crate::domain::care_event::CareEvent;
use crate::domain::event_type::EventType;
use crate::domain::schedule::Schedule;

/// A kind of care event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventTypeView {
    /// Its id.
    pub id: EventTypeId,
    /// Its short name, which never changes.
    #[schema(example = "feeding")]
    pub code: String,
    /// What people call it.
    #[schema(example = "Feeding")]
    pub name: String,
    /// What the app shows for it: a name in its own set, or an emoji.
    #[schema(example = "bowl")]
    pub icon: String,
    /// What the author of such an event gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
    /// How many minutes one person waits between two of them at one point.
    pub cooldown_minutes: u32,
    /// How many metres from the point the author may be; absent where it does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_distance_m: Option<u32>,
    /// True once no new events of it can be made.
    pub retired: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<EventType> for EventTypeView {
    fn from(kind: EventType) -> Self {
        let EventType { id, code, description, retired, created_at } = kind;
        Self {
            id,
            code,
            name: description.name,
            icon: description.icon,
            reward: description.reward,
            cooldown_minutes: description.cooldown_minutes,
            max_distance_m: description.max_distance_m,
            retired,
            created_at,
        }
    }
}

/// What somebody did or saw at a point.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Its id.
    pub id: CareEventId,
    /// Where.
    pub point_id: PointId,
    /// Who reported it; absent once they deleted their account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<UserId>,
    /// Of which kind.
    pub event_type_id: EventTypeId,
    /// The kind's short name.
    #[schema(example = "feeding")]
    pub code: String,
    /// What the kind was called then.
    #[schema(example = "Feeding")]
    pub type_name: String,
    /// What its author adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The author's pictures; one that was deleted since is not found.
    pub photo_media_ids: Vec<MediaId>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// What its author gets for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
}

impl From<CareEvent> for EventView {
    fn from(event: CareEvent) -> Self {
        Self {
            id: event.id,
            point_id: event.point_id,
            author_id: event.author_id,
            event_type_id: event.event_type_id,
            code: event.code,
            type_name: event.type_name,
            note: event.note,
            photo_media_ids: event.photo_media_ids,
            occurred_at: event.occurred_at,
            reported_at: event.reported_at,
            reward: event.reward,
        }
    }
}

/// Something that is due at a point again and again.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleView {
    /// Its id.
    pub id: ScheduleId,
    /// Who made it.
    pub creator_id: UserId,
    /// Where something is due.
    pub point_id: PointId,
    /// What is due.
    pub event_type_id: EventTypeId,
    /// The rule, as RFC 5545 writes it.
    #[schema(example = "FREQ=WEEKLY;BYDAY=MO,TH")]
    pub rrule: String,
    /// Whose clocks the rule goes by.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// From when on, by those clocks.
    #[schema(example = "2026-04-01T18:00")]
    pub starts_at: String,
    /// What it is called, if not as its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it is due next; absent where nothing is to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl ScheduleView {
    /// A schedule as it looks now.
    pub fn of(schedule: Schedule, now: Timestamp) -> Self {
        let recurrence = &schedule.recurrence;
        Self {
            id: schedule.id,
            creator_id: schedule.creator_id,
            point_id: schedule.point_id,
            event_type_id: schedule.event_type_id,
            rrule: recurrence.rrule().to_owned(),
            time_zone: recurrence.time_zone().as_str().to_owned(),
            starts_at: calendar::format_local(recurrence.starts_at()),
            next_at: recurrence.next_after(now),
            title: schedule.title,
            created_at: schedule.created_at,
        }
    }
}
