//! Rewards of care events, and why one is withheld.
//!
//! Rewards are money that anybody can earn by reporting events, so they are limited: per user and event type, and per event
//! type, each for a day in UTC. Reports at points that the author keeps or that are new earn no reward.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{EventTypeId, UserId};

use super::care_event::Circumstances;
use super::event_type::EventType;

pub use contracts::events::RewardWithheld;

/// The most rewards of an event type per user and day, unless the event type says otherwise.
pub const DEFAULT_DAILY_REWARDS_PER_USER: u32 = 10;
/// The most rewards of an event type per day, unless the event type says otherwise.
pub const DEFAULT_DAILY_REWARDS: u32 = 10_000;
/// The highest limit of rewards per user and day.
pub const MAX_DAILY_REWARDS_PER_USER: u32 = 1_000;
/// The highest limit of rewards per day.
pub const MAX_DAILY_REWARDS: u32 = 1_000_000;
/// Seconds of a day.
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// How long a counter outlives its day, in seconds.
const GRACE_SECONDS: i64 = 60 * 60;

/// The limits of the rewards of an event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RewardLimits {
    /// The most rewards per user and day.
    pub daily_rewards_per_user: u32,
    /// The most rewards per day.
    pub daily_rewards: u32,
}

impl Default for RewardLimits {
    fn default() -> Self {
        Self { daily_rewards_per_user: DEFAULT_DAILY_REWARDS_PER_USER, daily_rewards: DEFAULT_DAILY_REWARDS }
    }
}

/// A reward that is granted if neither limit is reached in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RewardClaim {
    /// The author.
    pub user_id: UserId,
    /// The event type.
    pub event_type_id: EventTypeId,
    /// The limits.
    pub limits: RewardLimits,
    /// The number of the day since 1970, in UTC.
    pub day: i64,
}

impl RewardClaim {
    /// A claim at a time.
    pub fn new(user_id: UserId, kind: &EventType, now: Timestamp) -> Self {
        let day = now.as_second().div_euclid(DAY_SECONDS);
        Self { user_id, event_type_id: kind.id, limits: kind.description.reward_limits, day }
    }

    /// When the counters of its day expire, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        (self.day + 1) * DAY_SECONDS + GRACE_SECONDS
    }
}

/// Returns why a report can earn no reward, before the limits. It does not depend on the event type: badges have rewards too.
pub fn withheld(author: UserId, circumstances: &Circumstances, now: Timestamp) -> Option<RewardWithheld> {
    let place = circumstances.point.as_ref().and_then(|point| point.place.as_ref());
    let keeper = place.and_then(|place| place.keeper_id);
    let created_at = circumstances.point.as_ref().and_then(|point| point.created_at);
    if keeper == Some(author) {
        Some(RewardWithheld::OwnPoint)
    } else if is_new(created_at, circumstances.min_point_age, now) {
        Some(RewardWithheld::NewPoint)
    } else {
        (!circumstances.email_verified).then_some(RewardWithheld::EmailUnverified)
    }
}

/// A point whose creation is not known yet is new.
fn is_new(created_at: Option<Timestamp>, min_age: SignedDuration, now: Timestamp) -> bool {
    min_age > SignedDuration::ZERO && created_at.is_none_or(|created_at| now.duration_since(created_at) < min_age)
}
