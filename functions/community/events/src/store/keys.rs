//! Where each entity lies. What is held on a person lies under `events#user#<user>`, except the events themselves, which
//! outlive their authors without them.

use dynamo::{Entity, IndexKey, Key};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CareEventId, CurrencyCode, EventTypeId, MediaId, PointId, ScheduleId, UserId, Uuid};

use super::{Events, SHARDS};
use crate::domain::broadcast::Broadcast;
use crate::domain::care_event::{CareEvent, Cooldown};
use crate::domain::copies::{CurrencyCopy, MediumCopy, PointCopy, Standing, Subscription};
use crate::domain::event_type::EventType;
use crate::domain::reward::RewardClaim;
use crate::domain::schedule::{Chain, Schedule};

/// Whole milliseconds in a fixed width sort as times do.
fn millis(at: Timestamp) -> String {
    format!("{:015}", at.as_millisecond())
}

pub(super) fn event_key(id: CareEventId) -> Key<Events> {
    Key::new("event", id, "event")
}

/// A point's events.
pub(super) fn reported_key(point: PointId) -> IndexKey<Events> {
    IndexKey::new("reported", point, "at#")
}

impl Entity for CareEvent {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        event_key(self.id)
    }

    fn index(&self) -> Option<IndexKey<Events>> {
        let sort = format!("at#{}#{}", millis(self.occurred_at), self.id);
        self.is_there().then(|| IndexKey::new("reported", self.point_id, sort))
    }

    fn expires_at(&self) -> Option<i64> {
        self.removed_until
    }
}

/// An event in its author's own partition: the same content, for the list of one person's events and for their export.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct OwnEvent(pub(super) CareEvent);

/// One person's own events.
pub(super) fn own_events_key(user: UserId) -> Key<Events> {
    Key::new("user", user, "event#")
}

impl Entity for OwnEvent {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        // An event without an author lies with nobody, and is never written here.
        let owner = self.0.author_id.map_or_else(|| "nobody".to_owned(), |author| author.to_string());
        Key::new("user", owner, format!("event#{}#{}", millis(self.0.occurred_at), self.0.id))
    }
}

/// Leads from a user to an event that was removed, for as long as its mark stands, so that erasure finds the mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct OwnMark {
    pub(super) author_id: UserId,
    pub(super) event_id: CareEventId,
    pub(super) until: i64,
}

/// The removed events of one person.
pub(super) fn own_marks_key(user: UserId) -> Key<Events> {
    Key::new("user", user, "removed#")
}

impl Entity for OwnMark {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        Key::new("user", self.author_id, format!("removed#{}", self.event_id))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.until)
    }
}

pub(super) fn cooldown_key(user: UserId, point: PointId, kind: EventTypeId) -> Key<Events> {
    Key::new("user", user, format!("cooldown#{point}#{kind}"))
}

impl Entity for Cooldown {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        cooldown_key(self.user_id, self.point_id, self.event_type_id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.until.as_second())
    }
}

/// The rewards of an event type that a user was granted on a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UserRewards(pub(super) RewardCount);

/// The rewards of an event type that were granted on a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TypeRewards(pub(super) RewardCount);

/// Names a counter of rewards. The count itself is written by counting.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RewardCount {
    #[serde(skip)]
    pub(super) claim: Option<RewardClaim>,
    pub(super) event_type_id: EventTypeId,
    pub(super) day: i64,
}

impl RewardCount {
    pub(super) fn of(claim: &RewardClaim) -> Self {
        Self { claim: Some(*claim), event_type_id: claim.event_type_id, day: claim.day }
    }

    fn expires_at(&self) -> Option<i64> {
        self.claim.map(|claim| claim.expires_at())
    }
}

impl Entity for UserRewards {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        let RewardCount { claim, event_type_id, day } = &self.0;
        let owner = claim.map_or_else(|| "nobody".to_owned(), |claim| claim.user_id.to_string());
        Key::new("user", owner, format!("rewards#{event_type_id}#{day:06}"))
    }

    fn expires_at(&self) -> Option<i64> {
        self.0.expires_at()
    }
}

impl Entity for TypeRewards {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        Key::new("rewards", self.0.event_type_id, format!("day#{:06}", self.0.day))
    }

    fn expires_at(&self) -> Option<i64> {
        self.0.expires_at()
    }
}

pub(super) fn type_key(id: EventTypeId) -> Key<Events> {
    Key::new("type", id, "type")
}

/// All kinds, in the order of their codes.
pub(super) fn types_key() -> IndexKey<Events> {
    IndexKey::new("types", "all", "code#")
}

impl Entity for EventType {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        type_key(self.id)
    }

    fn index(&self) -> Option<IndexKey<Events>> {
        Some(IndexKey::new("types", "all", format!("code#{}", self.code)))
    }
}

/// Which kind has a code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CodeClaim {
    pub(super) code: String,
    pub(super) event_type_id: EventTypeId,
}

impl Entity for CodeClaim {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        Key::new("code", &self.code, "code")
    }
}

pub(super) fn point_key(id: PointId) -> Key<Events> {
    Key::new("point", id, "copy")
}

impl Entity for PointCopy {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        point_key(self.point_id)
    }

    fn expires_at(&self) -> Option<i64> {
        self.until
    }
}

pub(super) fn currency_key(code: &CurrencyCode) -> Key<Events> {
    Key::new("currency", code, "copy")
}

impl Entity for CurrencyCopy {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        currency_key(&self.code)
    }
}

pub(super) fn standing_key(user: UserId) -> Key<Events> {
    Key::new("user", user, "standing")
}

impl Entity for Standing {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        standing_key(self.user_id)
    }
}

pub(super) fn medium_key(owner: UserId, id: MediaId) -> Key<Events> {
    Key::new("user", owner, format!("medium#{id}"))
}

impl Entity for MediumCopy {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        medium_key(self.owner_id, self.media_id)
    }

    fn expires_at(&self) -> Option<i64> {
        self.until
    }
}

pub(super) fn subscription_key(user: UserId, point: PointId) -> Key<Events> {
    Key::new("user", user, format!("subscription#{point}"))
}

/// Those who follow a point, from one of them on.
pub(super) fn subscribers_key(point: PointId, user: Option<UserId>) -> IndexKey<Events> {
    IndexKey::new("subscribers", point, user.map_or_else(|| "user#".to_owned(), |user| format!("user#{user}")))
}

impl Entity for Subscription {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        subscription_key(self.user_id, self.point_id)
    }

    fn index(&self) -> Option<IndexKey<Events>> {
        self.active.then(|| subscribers_key(self.point_id, Some(self.user_id)))
    }

    fn expires_at(&self) -> Option<i64> {
        self.until
    }
}

pub(super) fn broadcast_key(id: Uuid) -> Key<Events> {
    Key::new("broadcast", id, "progress")
}

impl Entity for Broadcast {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        broadcast_key(self.id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.until)
    }
}

pub(super) fn schedule_key(creator: UserId, id: ScheduleId) -> Key<Events> {
    Key::new("user", creator, format!("schedule#{id}"))
}

/// One person's own schedules.
pub(super) fn own_schedules_key(user: UserId) -> Key<Events> {
    Key::new("user", user, "schedule#")
}

/// A point's schedules.
pub(super) fn scheduled_key(point: PointId) -> IndexKey<Events> {
    IndexKey::new("scheduled", point, "made#")
}

impl Entity for Schedule {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        schedule_key(self.creator_id, self.id)
    }

    fn index(&self) -> Option<IndexKey<Events>> {
        let sort = format!("made#{}#{}", millis(self.created_at), self.id);
        Some(IndexKey::new("scheduled", self.point_id, sort))
    }
}

pub(super) fn chain_key(id: ScheduleId) -> Key<Events> {
    Key::new("chain", id, "chain")
}

/// What is due, in one part of the index.
pub(super) fn due_key(shard: u8) -> IndexKey<Events> {
    IndexKey::new("due", shard, "at#")
}

impl Entity for Chain {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        chain_key(self.schedule_id)
    }

    fn index(&self) -> Option<IndexKey<Events>> {
        let shard = self.schedule_id.uuid().as_u128() % u128::from(SHARDS);
        Some(IndexKey::new("due", shard, format!("at#{}#{}", millis(self.next_at), self.schedule_id)))
    }
}

/// How many schedules a user has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct UserTally {
    pub(super) user_id: UserId,
    pub(super) schedules: u32,
}

pub(super) fn user_tally_key(user: UserId) -> Key<Events> {
    Key::new("user", user, "tally")
}

impl Entity for UserTally {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        user_tally_key(self.user_id)
    }
}

/// How many schedules a point has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PointTally {
    pub(super) point_id: PointId,
    pub(super) schedules: u32,
}

pub(super) fn point_tally_key(point: PointId) -> Key<Events> {
    Key::new("point", point, "tally")
}

impl Entity for PointTally {
    type Context = Events;

    fn key(&self) -> Key<Events> {
        point_tally_key(self.point_id)
    }
}
