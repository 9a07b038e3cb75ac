//! Episodes of alarms in the history of an aquarium: one alarm from its beginning to its end.

use contracts::aquariums::{AlarmCause, AlarmChanged, AlarmStatus};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AlarmRuleId, AquariumId, DeviceId, EpisodeId, SensorId, UserId, Uuid, derive_id};
use water::{Decimal, Parameter, Unit};

use super::alarm::{AlarmKey, Condition, Episode, reminder};
use super::alarm_rule::displayed;
use super::device::DeviceHead;

/// For how many days an episode is kept after its end.
const KEPT_DAYS: i64 = 400;
const SECONDS_PER_DAY: i64 = 86_400;

/// What an alarm is about, as of the beginning of an episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Name of the rule, or of the sensor whose probe is faulty.
    pub name: String,
    /// Cause.
    pub cause: AlarmCause,
    /// The sensors.
    pub sensors: Vec<SensorId>,
    /// What they measure.
    pub parameter: Parameter,
    /// The unit in which values are shown.
    pub unit: Unit,
}

/// An episode in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmEpisode {
    /// Episode ID.
    pub id: EpisodeId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The owner of the aquarium.
    pub owner_id: UserId,
    /// The device whose samples moved the alarm.
    pub device_id: DeviceId,
    /// The alarm.
    pub alarm: AlarmKey,
    /// What it is about.
    pub subject: Subject,
    /// Status.
    pub status: AlarmStatus,
    /// The second of its first sample.
    pub first: i64,
    /// The second of the sample with which it began to fire.
    pub fired: i64,
    /// The most extreme value.
    pub extreme: i64,
    /// The second of the sample with which it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<i64>,
    /// No member is notified of it, since the alarm is unsettled.
    #[serde(default)]
    pub muted: bool,
    /// When a member acknowledged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// The number of reminders that were sent or passed over.
    pub reminders: u8,
}

/// The ID of an episode. It begins with the time of the first sample, so that IDs sort by it.
pub fn episode_id(alarm: AlarmKey, first: i64) -> EpisodeId {
    let (kind, of) = match alarm {
        AlarmKey::Rule(id) => ("rule", id.uuid()),
        AlarmKey::ProbeFault(id) => ("probe", id.uuid()),
    };
    let derived = derive_id(&["alarm_episode", kind, &of.to_string(), &first.to_string()]);
    let mut bytes = *derived.as_bytes();
    // As a UUIDv7 does: 48 bits of milliseconds.
    let millis = first.saturating_mul(1_000).to_be_bytes();
    for (byte, of_time) in bytes.iter_mut().zip(millis.into_iter().skip(2)).take(6) {
        *byte = of_time;
    }
    EpisodeId::new(Uuid::new_v8(bytes))
}

/// What an alarm of a device is about; none for one that the head does not have. `named` is the name and the unit that the
/// keeper chose.
pub fn subject(head: &DeviceHead, alarm: AlarmKey, named: Option<(String, Unit)>) -> Option<Subject> {
    let (cause, sensors) = match alarm {
        AlarmKey::ProbeFault(id) => (AlarmCause::ProbeFault, vec![id]),
        AlarmKey::Rule(id) => {
            let rule = head.rules.iter().find(|rule| rule.id == id)?;
            let cause = match rule.condition {
                Condition::Above { .. } | Condition::Below { .. } => AlarmCause::Limit,
                Condition::RisesAbove { .. } | Condition::FallsBelow { .. } => AlarmCause::PredictedCrossing,
                Condition::Disagree { .. } => AlarmCause::Disagreement,
            };
            (cause, rule.sensors.clone())
        }
    };
    let probe = sensors.iter().find_map(|id| head.sensor(*id))?;
    let (name, unit) = named.unwrap_or_else(|| (name_of(probe.parameter), probe.unit));
    Some(Subject { name, cause, sensors, parameter: probe.parameter, unit })
}

/// The name of a parameter as in JSON.
pub fn name_of(parameter: Parameter) -> String {
    let name = serde_json::to_value(parameter).ok();
    name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

impl AlarmEpisode {
    /// An episode that was not in the history before.
    pub fn new(head: &DeviceHead, alarm: AlarmKey, subject: Subject, episode: &Episode, now: Timestamp) -> Self {
        let new = Self {
            id: episode_id(alarm, episode.first),
            aquarium_id: head.aquarium_id,
            owner_id: head.owner_id,
            device_id: head.id,
            alarm,
            subject,
            status: AlarmStatus::Open,
            first: episode.first,
            fired: episode.fired,
            extreme: episode.extreme,
            ended: None,
            muted: episode.muted,
            acknowledged_at: None,
            reminders: reminder::passed(episode.fired, now.as_second()),
        };
        new.now_as(episode)
    }

    /// The episode as samples show it.
    #[must_use]
    pub fn now_as(&self, episode: &Episode) -> Self {
        let status = if episode.ended.is_some() { AlarmStatus::Ended } else { AlarmStatus::Open };
        Self {
            status,
            first: episode.first,
            fired: episode.fired,
            extreme: episode.extreme,
            ended: episode.ended,
            muted: episode.muted,
            ..self.clone()
        }
    }

    /// The episode with another first sample, which its ID depends on.
    #[must_use]
    pub fn moved_to(&self, first: i64) -> Self {
        Self { id: episode_id(self.alarm, first), first, ..self.clone() }
    }

    /// The episode that did not take place.
    #[must_use]
    pub fn withdrawn(&self) -> Self {
        Self { status: AlarmStatus::Withdrawn, ended: self.ended.or(Some(self.fired)), ..self.clone() }
    }

    /// The episode after an acknowledgement, which ends reminders. None if nothing changes.
    pub fn acknowledged(&self, now: Timestamp) -> Option<Self> {
        let is_new = self.acknowledged_at.is_none() && self.status == AlarmStatus::Open;
        is_new.then(|| Self { acknowledged_at: Some(now), ..self.clone() })
    }

    /// The second of the next reminder, if there is one.
    pub fn remind_at(&self) -> Option<i64> {
        let is_told = self.status == AlarmStatus::Open && !self.muted;
        reminder::next(self.fired, self.reminders, self.acknowledged_at.is_some()).filter(|_| is_told)
    }

    /// The episode after the reminder that is due. Those that were due meanwhile are passed over.
    #[must_use]
    pub fn reminded(&self, now: Timestamp) -> Self {
        let reminders = reminder::passed(self.fired, now.as_second()).max(self.reminders.saturating_add(1));
        Self { reminders, ..self.clone() }
    }

    /// The second from which it may be deleted; none while it is open.
    pub fn kept_until(&self) -> Option<i64> {
        self.ended.map(|ended| ended + KEPT_DAYS * SECONDS_PER_DAY)
    }

    /// The rule; none for a fault of a probe.
    pub const fn rule_id(&self) -> Option<AlarmRuleId> {
        match self.alarm {
            AlarmKey::Rule(id) => Some(id),
            AlarmKey::ProbeFault(_) => None,
        }
    }

    /// The most extreme value in the unit of the alarm; none for a fault of a probe.
    pub fn shown_extreme(&self) -> Option<Decimal> {
        let Subject { cause, parameter, unit, .. } = self.subject;
        let is_value = cause != AlarmCause::ProbeFault;
        displayed(parameter, self.extreme, unit, cause == AlarmCause::Disagreement).filter(|_| is_value)
    }

    /// The fact that it is now this.
    pub fn changed_fact(&self, revision: u64) -> AlarmChanged {
        let at = |second| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
        let Subject { name, cause, sensors, parameter, .. } = self.subject.clone();
        AlarmChanged {
            episode_id: self.id,
            aquarium_id: self.aquarium_id,
            owner_id: self.owner_id,
            device_id: self.device_id,
            rule_id: self.rule_id(),
            name,
            cause,
            sensor_ids: sensors,
            parameter: name_of(parameter),
            status: self.status,
            acknowledged: self.acknowledged_at.is_some(),
            extreme: (cause != AlarmCause::ProbeFault).then_some(self.extreme),
            first_at: at(self.first),
            fired_at: at(self.fired),
            ended_at: self.ended.map(at),
            revision,
        }
    }
}
