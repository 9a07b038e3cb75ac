//! Alarm rules and episodes of alarms, and what a change of a device's alarms writes beside its head.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{Entity, IndexKey, Key, Outbox, Page, Read, StoreError, Transaction, Versioned, is_written, refused};
use jiff::Timestamp;
use kit::limits::{NotAllowed, Subject};
use types::{AlarmRuleId, AquariumId, EpisodeId, SensorId, UserId};

use super::access::access_key;
use super::aquariums::aquarium_key;
use super::devices::{Committed, Installation, head_key, sensor_key};
use super::watches::due_key;
use super::{Aquariums, Store};
use crate::domain::access::{Access, Scope};
use crate::domain::alarm::AlarmKey;
use crate::domain::alarm_episode::AlarmEpisode;
use crate::domain::alarm_history::Episodes;
use crate::domain::alarm_notice::Announcement;
use crate::domain::alarm_rule::AlarmRule;
use crate::domain::aquarium::Aquarium;
use crate::domain::device::DeviceHead;
use crate::domain::directory::Directory;
use crate::domain::limits::ALARM_SETUP;
use crate::domain::sensor::Sensor;
use crate::domain::watch::{Watch, shard};

impl Entity for AlarmRule {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        rule_key(self.owner_id, self.aquarium_id, self.id)
    }
}

impl Entity for AlarmEpisode {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        episode_key(self.owner_id, self.aquarium_id, self.id)
    }

    /// Listed under the time of its next reminder, if there is one.
    fn index(&self) -> Option<IndexKey<Aquariums>> {
        let due = self.remind_at()?;
        Some(due_key(shard(self.id.uuid()), REMIND, Some((due, self.id.uuid()))))
    }

    fn expires_at(&self) -> Option<i64> {
        self.kept_until()
    }
}

impl Entity for Announcement {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        Key::new("device", self.device_id, format!("announcement#{}", self.id))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at)
    }
}

/// What is due in the index: a reminder of an episode.
pub(super) const REMIND: &str = "remind";

fn rule_key(owner: UserId, aquarium: AquariumId, id: AlarmRuleId) -> Key<Aquariums> {
    Key::new("user", owner, format!("alarmrule#{aquarium}#{id}"))
}

fn episode_key(owner: UserId, aquarium: AquariumId, id: EpisodeId) -> Key<Aquariums> {
    Key::new("user", owner, format!("episode#{aquarium}#{id}"))
}

/// What texts about alarms of a device name, and the episodes that change.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The aquarium.
    pub aquarium: Option<Aquarium>,
    /// The rules.
    pub rules: BTreeMap<AlarmRuleId, AlarmRule>,
    /// The sensors of probes.
    pub sensors: BTreeMap<SensorId, Sensor>,
    episodes: BTreeMap<EpisodeId, Versioned<AlarmEpisode>>,
}

impl Surroundings {
    /// The episodes that are in the history.
    pub fn episodes(&self) -> Episodes {
        self.episodes.iter().map(|(id, read)| (*id, read.value.clone())).collect()
    }

    /// The version of an episode after a change.
    pub fn revision(&self, id: EpisodeId) -> u64 {
        self.episodes.get(&id).map_or(1, |read| read.version + 1)
    }
}

/// What is written together with the head of a device when its alarms change.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    /// The events.
    pub outbox: Outbox,
    /// The item that has them, if there are any.
    pub announcement: Option<Announcement>,
    episodes: Vec<(Option<Versioned<AlarmEpisode>>, AlarmEpisode)>,
    watch: Option<Watch>,
    access: Option<Versioned<Access>>,
}

impl Effects {
    /// The changed ones of some episodes, while the members of the aquarium are as they were read.
    pub fn of(known: &Surroundings, next: Episodes, access: Option<Versioned<Access>>) -> Self {
        let changed = next.into_iter().filter_map(|(id, next)| {
            let read = known.episodes.get(&id).cloned();
            let is_new = read.as_ref().is_none_or(|read| read.value != next);
            is_new.then_some((read, next))
        });
        Self { episodes: changed.collect(), access, ..Self::default() }
    }

    /// The same with a new watch.
    #[must_use]
    pub fn with_watch(self, watch: Option<Watch>) -> Self {
        Self { watch, ..self }
    }

    /// The same while the members of the aquarium are as they were read.
    #[must_use]
    pub fn while_access(self, access: &Versioned<Access>) -> Self {
        Self { access: Some(access.clone()), ..self }
    }

    /// The episodes that are written.
    pub fn episodes(&self) -> impl Iterator<Item = &AlarmEpisode> {
        self.episodes.iter().map(|(_, next)| next)
    }

    /// True if only the head is written.
    pub fn is_empty(&self) -> bool {
        self.announcement.is_none() && self.episodes.is_empty() && self.watch.is_none()
    }

    /// Adds what is written beside the head, without the condition on the access.
    fn add_items(&self, mut transaction: Transaction<Aquariums>) -> Transaction<Aquariums> {
        for (read, next) in &self.episodes {
            transaction = match read {
                Some(read) => transaction.replace(read, next, &Outbox::none()),
                None => transaction.create(next, &Outbox::none()),
            };
        }
        if let Some(watch) = &self.watch {
            transaction = transaction.create(watch, &Outbox::none());
        }
        match &self.announcement {
            Some(announcement) => transaction.create(announcement, &self.outbox),
            None => transaction,
        }
    }

    /// Adds what is written beside the head.
    pub(super) fn add_to(&self, transaction: Transaction<Aquariums>) -> Transaction<Aquariums> {
        let transaction = self.add_items(transaction);
        match &self.access {
            Some(access) => transaction.unchanged(access),
            None => transaction,
        }
    }
}

/// The head of a device that is replaced, with what is written beside it. The transaction has a condition on the access
/// of its own.
#[derive(Debug, Clone)]
pub struct HeadWrite {
    /// The head as it was read.
    pub read: Versioned<DeviceHead>,
    /// The next one.
    pub next: DeviceHead,
    /// What is written beside it.
    pub effects: Effects,
}

impl HeadWrite {
    /// A head of which nothing else changes.
    pub fn plain(read: Versioned<DeviceHead>, next: DeviceHead) -> Self {
        Self { read, next, effects: Effects::default() }
    }

    pub(super) fn add_to(&self, transaction: Transaction<Aquariums>) -> Transaction<Aquariums> {
        self.effects.add_items(transaction.replace(&self.read, &self.next, &Outbox::none()))
    }

    /// The same for a head that is deleted.
    pub(super) fn delete_in(&self, transaction: Transaction<Aquariums>) -> Transaction<Aquariums> {
        self.effects.add_items(transaction.delete(&self.read))
    }
}

/// A change of a rule's item.
#[derive(Debug, Clone)]
pub enum RuleWrite {
    /// It is new.
    Create(AlarmRule),
    /// It is changed.
    Replace(Box<Versioned<AlarmRule>>, AlarmRule),
    /// It is deleted.
    Delete(Versioned<AlarmRule>),
}

impl RuleWrite {
    pub(super) fn add_to(&self, transaction: Transaction<Aquariums>) -> Transaction<Aquariums> {
        match self {
            Self::Create(rule) => transaction.create(rule, &Outbox::none()),
            Self::Replace(read, rule) => transaction.replace(read, rule, &Outbox::none()),
            Self::Delete(read) => transaction.delete(read),
        }
    }
}

/// Commits a change of alarm rules or quiet times, and counts it for the user. A conflict comes before the limit: the user
/// may have lost the membership.
async fn set_up(transaction: Transaction<Aquariums>, user: UserId, now: Timestamp) -> Result<Committed, NotAllowed> {
    let limit = transaction.len();
    let transaction = ALARM_SETUP.count_in(transaction, Subject::User(user), now);
    match refused(transaction.commit().await)? {
        None => Ok(Committed::Done),
        Some(cancelled) if cancelled.failed(0) => Ok(Committed::Exists),
        Some(cancelled) if cancelled.failed(limit) && !(0..limit).any(|index| cancelled.failed(index)) => {
            Err(NotAllowed::Exceeded(ALARM_SETUP.exceeded(now)))
        }
        Some(_) => Ok(Committed::Conflict),
    }
}

impl Store {
    /// What texts about alarms of a device name, and those of some episodes that exist. One round trip.
    pub async fn surroundings(
        &self,
        head: &DeviceHead,
        alarms: &BTreeSet<AlarmKey>,
        episodes: &BTreeSet<EpisodeId>,
    ) -> Result<Surroundings, StoreError> {
        let (owner, aquarium) = (head.owner_id, head.aquarium_id);
        let of_alarm = |alarm: &AlarmKey| match alarm {
            AlarmKey::Rule(id) => rule_key(owner, aquarium, *id),
            AlarmKey::ProbeFault(id) => sensor_key(owner, aquarium, *id),
        };
        let keys = [aquarium_key(owner, aquarium)].into_iter().chain(alarms.iter().map(of_alarm));
        let keys = keys.chain(episodes.iter().map(|id| episode_key(owner, aquarium, *id)));
        let mut found = self.table.get_many(keys.collect(), Read::Strong).await?;
        let mut known = Surroundings {
            aquarium: found.take::<Aquarium>(aquarium_key(owner, aquarium))?.map(|read| read.value),
            ..Surroundings::default()
        };
        for alarm in alarms {
            match alarm {
                AlarmKey::Rule(id) => {
                    let rule = found.take::<AlarmRule>(of_alarm(alarm))?;
                    known.rules.extend(rule.map(|read| (*id, read.value)));
                }
                AlarmKey::ProbeFault(id) => {
                    let sensor = found.take::<Sensor>(of_alarm(alarm))?;
                    known.sensors.extend(sensor.map(|read| (*id, read.value)));
                }
            }
        }
        for id in episodes {
            known.episodes.extend(found.take(episode_key(owner, aquarium, *id))?.map(|read| (*id, read)));
        }
        Ok(known)
    }

    /// The authority of a user over an aquarium with its sensors and devices, and a rule. One round trip for the owner,
    /// two for others.
    pub async fn installation_and_rule(
        &self,
        user: UserId,
        id: AquariumId,
        rule: AlarmRuleId,
    ) -> Result<Option<(Installation, Option<Versioned<AlarmRule>>)>, StoreError> {
        // Most callers are owners, in whose partition the rule is.
        let beside = vec![rule_key(user, id, rule)];
        let Some((installation, mut found)) = self.installation_with(user, id, beside).await? else { return Ok(None) };
        let owner = installation.scope.owner_id();
        let rule = if owner == user {
            found.take(rule_key(user, id, rule))?
        } else {
            self.table.get(rule_key(owner, id, rule), Read::Strong).await?
        };
        Ok(Some((installation, rule)))
    }

    /// Some rules of an aquarium.
    pub async fn rules_by_id(
        &self,
        scope: &Scope,
        ids: &[AlarmRuleId],
    ) -> Result<Vec<Versioned<AlarmRule>>, StoreError> {
        let keys = ids.iter().map(|id| rule_key(scope.owner_id(), scope.aquarium_id(), *id));
        self.table.get_many(keys.collect(), Read::Strong).await?.into_all()
    }

    /// A page of the rules of an aquarium, ordered by ID.
    pub async fn alarm_rules(&self, scope: &Scope, page: kit::http::Page) -> Result<Page<AlarmRule>, StoreError> {
        let prefix = Key::new("user", scope.owner_id(), format!("alarmrule#{}#", scope.aquarium_id()));
        self.table.list(prefix, false, page.limit, page.cursor).await
    }

    /// Writes a rule with the head of its device, while the members of the aquarium are as they were read. Counts for the
    /// user, within a limit.
    pub async fn write_rule(
        &self,
        installation: &Installation,
        rule: &RuleWrite,
        head: Option<&HeadWrite>,
        now: Timestamp,
    ) -> Result<Committed, NotAllowed> {
        let transaction = rule.add_to(self.table.transaction());
        let transaction = match head {
            Some(head) => head.add_to(transaction),
            None => transaction,
        };
        let transaction = transaction.unchanged(&installation.access).unless_forgotten(installation.scope.owner_id());
        set_up(transaction, installation.scope.user_id(), now).await
    }

    /// Writes other quiet times into the directory and the heads of all devices, all or nothing. Counts for the user, within
    /// a limit.
    pub async fn write_quiet(
        &self,
        installation: &Installation,
        directory: &Directory,
        heads: &[HeadWrite],
        now: Timestamp,
    ) -> Result<Committed, NotAllowed> {
        let mut transaction = self.table.transaction();
        for head in heads {
            transaction = head.add_to(transaction);
        }
        // The first of these is no new item, so whatever fails is a conflict.
        let transaction = installation.change(transaction, directory);
        match set_up(transaction, installation.scope.user_id(), now).await? {
            Committed::Done => Ok(Committed::Done),
            Committed::Exists | Committed::Conflict => Ok(Committed::Conflict),
        }
    }

    /// The heads of all devices of an aquarium; strongly consistent.
    pub async fn current_heads(&self, directory: &Directory) -> Result<Vec<Versioned<DeviceHead>>, StoreError> {
        self.table.get_many(directory.devices_in_use().map(head_key).collect(), Read::Strong).await?.into_all()
    }

    /// A page of the episodes of an aquarium, newest first.
    pub async fn episodes(&self, scope: &Scope, page: kit::http::Page) -> Result<Page<AlarmEpisode>, StoreError> {
        let prefix = Key::new("user", scope.owner_id(), format!("episode#{}#", scope.aquarium_id()));
        self.table.list(prefix, true, page.limit, page.cursor).await
    }

    /// Some episodes of an aquarium, in this order.
    pub async fn episodes_by_id(
        &self,
        scope: &Scope,
        ids: &[EpisodeId],
    ) -> Result<Vec<Versioned<AlarmEpisode>>, StoreError> {
        let keys = ids.iter().map(|id| episode_key(scope.owner_id(), scope.aquarium_id(), *id));
        Ok(self.table.get_many(keys.collect(), Read::Strong).await?.into_readable())
    }

    /// The access to an aquarium with an episode. One round trip for the owner, two for others.
    pub async fn access_and_episode(
        &self,
        user: UserId,
        id: AquariumId,
        episode: EpisodeId,
    ) -> Result<Option<(Scope, Versioned<Access>, Option<Versioned<AlarmEpisode>>)>, StoreError> {
        let keys = vec![access_key(id), episode_key(user, id, episode)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(id))? else { return Ok(None) };
        let Some(scope) = access.value.scope(user) else { return Ok(None) };
        let read = if scope.owner_id() == user {
            found.take(episode_key(user, id, episode))?
        } else {
            self.table.get(episode_key(scope.owner_id(), id, episode), Read::Strong).await?
        };
        Ok(Some((scope, access, read)))
    }

    /// Replaces an episode with an event, while the members of the aquarium are as they were read. False if something
    /// changed meanwhile.
    pub async fn change_episode(
        &self,
        access: &Versioned<Access>,
        read: &Versioned<AlarmEpisode>,
        next: &AlarmEpisode,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().replace(read, next, outbox).unchanged(access);
        is_written(transaction.commit().await)
    }

    /// Replaces an episode of which members are reminded, while they are as they were read. False if something changed
    /// meanwhile.
    pub async fn remind(
        &self,
        access: &Versioned<Access>,
        read: &Versioned<AlarmEpisode>,
        next: &AlarmEpisode,
        (announcement, outbox): (&Announcement, &Outbox),
    ) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().replace(read, next, &Outbox::none());
        is_written(transaction.create(announcement, outbox).unchanged(access).commit().await)
    }
}
