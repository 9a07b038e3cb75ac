//! What is known of an aquarium: a merge of events that depends neither on their order nor on their repetition.

use std::collections::{BTreeMap, BTreeSet};

use contracts::aquariums::{AlarmCause, AquariumKind, MemberRole};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, DosePlanId, EpisodeId, EquipmentId, LivestockId, TaskId, UserId};

use super::entries::Entries;
use super::news::{Change, News};
use super::values::Values;

/// How long the tombstone of a removed aquarium stays: longer than an event may be late.
const TOMBSTONE_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Name and kind of an aquarium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Name.
    pub name: String,
    /// Type of water.
    pub kind: AquariumKind,
    /// IANA time zone of its days.
    pub time_zone: String,
    /// Revision.
    pub revision: u64,
    /// Time of the revision.
    pub at: Timestamp,
}

/// The users with whom an aquarium is shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The users with their roles, without the owner.
    pub members: BTreeMap<UserId, MemberRole>,
    /// Revision.
    pub revision: u64,
    /// Time of the revision.
    pub at: Timestamp,
}

/// An open alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Name of the rule, or of the sensor.
    pub name: String,
    /// Cause.
    pub cause: AlarmCause,
    /// Water parameter.
    pub parameter: String,
    /// Whether a member has acknowledged it.
    pub acknowledged: bool,
    /// Time at which it began to fire.
    pub fired_at: Timestamp,
}

/// A silent device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilentDevice {
    /// Name.
    pub name: String,
    /// Time of its newest sample; none if it never sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sample_at: Option<Timestamp>,
}

/// A task with an open occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Title.
    pub title: String,
    /// Time at which its oldest open occurrence is or was due.
    pub due_at: Timestamp,
}

/// A dose plan whose reservoir is low.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowReservoir {
    /// Name of the product.
    pub product: String,
    /// Time at which the reservoir will be empty, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_at: Option<Timestamp>,
}

/// What is known of an aquarium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Its owner; none once it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Name and kind, once an event says them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
    /// Members, once an event says them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// Users who lost access, and whose homes may still have a card.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub leaving: BTreeSet<UserId>,
    /// When it was removed. Nothing else is known of it from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Timestamp>,
    /// Newest values.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub values: Values,
    /// Open alarms.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub alarms: Entries<EpisodeId, Alarm>,
    /// Silent devices.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub silent: Entries<DeviceId, SilentDevice>,
    /// Tasks with an open occurrence.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub tasks: Entries<TaskId, Task>,
    /// Dose plans with a low reservoir.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub reservoirs: Entries<DosePlanId, LowReservoir>,
    /// Dates of the next services of equipment.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub services: Entries<EquipmentId, Date>,
    /// Counts of livestock.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub livestock: Entries<LivestockId, u32>,
    /// Time of the newest event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// Time of the newest event that the figures count, also of those that changed nothing: it depends on no order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_at: Option<Timestamp>,
}

impl Facts {
    /// Nothing is known yet.
    pub fn nothing(aquarium_id: AquariumId) -> Self {
        Self {
            aquarium_id,
            owner_id: None,
            details: None,
            access: None,
            leaving: BTreeSet::new(),
            removed_at: None,
            values: Values::default(),
            alarms: Entries::default(),
            silent: Entries::default(),
            tasks: Entries::default(),
            reservoirs: Entries::default(),
            services: Entries::default(),
            livestock: Entries::default(),
            as_of: None,
            counted_at: None,
        }
    }

    /// Returns the facts after an event.
    #[must_use]
    pub fn with(mut self, news: News) -> Self {
        self.counted_at = self.counted_at.max(news.change.is_counted().then_some(news.at));
        if matches!(news.change, Change::Removed) || self.removed_at.is_some() {
            let removed_at = matches!(news.change, Change::Removed).then_some(news.at);
            return self.removed(removed_at);
        }
        let mut next = self;
        next.owner_id = Some(news.owner_id);
        next.as_of = next.as_of.max(Some(news.at));
        next.merge(news.change, news.at);
        next
    }

    fn merge(&mut self, change: Change, at: Timestamp) {
        match change {
            Change::Removed => {}
            Change::Details(details) => {
                if self.details.as_ref().is_none_or(|known| known.revision < details.revision) {
                    self.details = Some(details);
                }
            }
            Change::Access(access) => self.merge_access(access),
            Change::Summaries(summaries) => {
                for summary in &summaries {
                    self.values.merge_summary(summary);
                }
            }
            Change::Reading(fact) => self.values.merge_reading(fact),
            Change::Alarm(id, revision, alarm) => self.alarms.merge(id, revision, at, alarm),
            Change::Silence(id, revision, device) => self.silent.merge(id, revision, at, device),
            Change::Task(id, revision, task) => self.tasks.merge(id, revision, at, task),
            Change::Reservoir(id, revision, plan) => self.reservoirs.merge(id, revision, at, plan),
            Change::Service(id, revision, due_on) => self.services.merge(id, revision, at, due_on),
            Change::Livestock(id, revision, count) => self.livestock.merge(id, revision, at, count),
        }
    }

    fn merge_access(&mut self, access: Access) {
        if self.access.as_ref().is_some_and(|known| known.revision >= access.revision) {
            return;
        }
        let before = self.access.take().map(|known| known.members).unwrap_or_default();
        self.leaving.extend(before.into_keys());
        self.leaving.retain(|user| !access.members.contains_key(user));
        self.access = Some(access);
    }

    /// Returns the tombstone of the aquarium: it names the users whose homes may have a card until these are written.
    #[must_use]
    pub fn removed(self, at: Option<Timestamp>) -> Self {
        let leaving = if self.removed_at.is_some() { self.leaving.clone() } else { self.audience() };
        let (removed_at, counted_at) = (self.removed_at.max(at), self.counted_at.max(at));
        Self { leaving, removed_at, counted_at, ..Self::nothing(self.aquarium_id) }
    }

    /// Returns the facts once the homes of users who lost access are written.
    #[must_use]
    pub fn settled(&self) -> Self {
        Self { leaving: BTreeSet::new(), ..self.clone() }
    }

    /// Returns the facts without a member whose account was deleted.
    #[must_use]
    pub fn without(&self, user: UserId) -> Self {
        let mut next = self.clone();
        next.leaving.remove(&user);
        if let Some(access) = &mut next.access {
            access.members.remove(&user);
        }
        next
    }

    /// Returns the users whose homes have a card of it, or may have one still.
    pub fn audience(&self) -> BTreeSet<UserId> {
        let members = self.access.iter().flat_map(|access| access.members.keys());
        members.chain(&self.leaving).chain(&self.owner_id).copied().collect()
    }

    /// Returns when DynamoDB may sweep it, in seconds since 1970.
    pub fn expires_at(&self) -> Option<i64> {
        self.removed_at.map(|at| (at + TOMBSTONE_LIFETIME).as_second())
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
