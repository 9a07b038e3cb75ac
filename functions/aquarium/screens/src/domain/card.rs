//! The card of an aquarium on a home screen: a pure function of its facts and of the user's role.

use contracts::aquariums::{AlarmCause, AquariumKind, MemberRole};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use types::{DeviceId, DosePlanId, EpisodeId, EquipmentId, TaskId, UserId};
use utoipa::ToSchema;

use super::facts::Facts;
use super::values::Value;

/// Number of open alarms, silent devices and low reservoirs that a card names, of each.
pub const MAX_NAMED: usize = 3;
/// Number of tasks that a card names.
pub const MAX_TASKS: usize = 5;
/// Number of tasks that are counted when they are due: an aquarium has at most that many.
pub const MAX_DUE: usize = 100;

/// What a user is to an aquarium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HomeRole)]
pub enum Role {
    /// The owner.
    Owner,
    /// A member who keeps it.
    Keeper,
    /// A member who reads.
    Viewer,
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Viewer => Self::Viewer,
            MemberRole::Keeper => Self::Keeper,
        }
    }
}

/// The first of several, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut<T> {
    /// The first ones.
    pub first: Vec<T>,
    /// How many there are in all.
    pub count: usize,
}

impl<T> Cut<T> {
    fn of<K: Ord>(mut all: Vec<T>, max: usize, order: impl Fn(&T) -> K) -> Self {
        let count = all.len();
        all.sort_by_key(order);
        all.truncate(max);
        Self { first: all, count }
    }
}

/// An open alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmLine {
    /// Episode.
    pub episode_id: EpisodeId,
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
pub struct DeviceLine {
    /// Device.
    pub device_id: DeviceId,
    /// Name.
    pub name: String,
    /// Time of its newest sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sample_at: Option<Timestamp>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLine {
    /// Task.
    pub task_id: TaskId,
    /// Title.
    pub title: String,
    /// Time at which it is or was due.
    pub due_at: Timestamp,
}

/// A low reservoir.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservoirLine {
    /// Dose plan.
    pub plan_id: DosePlanId,
    /// Product.
    pub product: String,
    /// Time at which it will be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_at: Option<Timestamp>,
}

/// The next service of equipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextService {
    /// Equipment.
    pub equipment_id: EquipmentId,
    /// Date in the aquarium's time zone.
    pub due_on: Date,
}

/// The card of an aquarium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Name.
    pub name: String,
    /// Type of water.
    pub kind: AquariumKind,
    /// IANA time zone of its days.
    pub time_zone: String,
    /// What the user is to it.
    pub role: Role,
    /// Newest value of each parameter.
    pub values: Vec<Value>,
    /// Open alarms, the newest first.
    pub alarms: Cut<AlarmLine>,
    /// Silent devices.
    pub silent: Cut<DeviceLine>,
    /// Tasks with an open occurrence, the earliest first.
    pub tasks: Cut<TaskLine>,
    /// When tasks are due that it does not name, in milliseconds since 1970, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later_due: Vec<i64>,
    /// Low reservoirs, those first that are empty soonest.
    pub reservoirs: Cut<ReservoirLine>,
    /// The next service of equipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_service: Option<NextService>,
    /// Number of animals and plants.
    pub livestock: u64,
    /// Time of the newest event.
    pub as_of: Timestamp,
}

impl Card {
    /// Returns the card of a user; none for users without access, and while name and kind are not known.
    pub fn of(facts: &Facts, user: UserId) -> Option<Self> {
        let (details, as_of) = (facts.details.as_ref()?, facts.as_of?);
        let services = facts.services.shown().map(|(equipment_id, due_on)| (*due_on, equipment_id));
        let next_service = services.min().map(|(due_on, equipment_id)| NextService { equipment_id, due_on });
        Some(Self {
            name: details.name.clone(),
            kind: details.kind,
            time_zone: details.time_zone.clone(),
            role: role(facts, user)?,
            values: facts.values.newest(),
            alarms: alarms(facts),
            silent: silent(facts),
            tasks: tasks(facts),
            later_due: later_due(facts),
            reservoirs: reservoirs(facts),
            next_service,
            livestock: facts.livestock.shown().map(|(_, count)| u64::from(*count)).sum(),
            as_of,
        })
    }

    /// Returns how many tasks are due at a time.
    pub fn due_count(&self, now: Timestamp) -> usize {
        let named = self.tasks.first.iter().filter(|task| task.due_at <= now).count();
        let now = now.as_millisecond();
        named + self.later_due.iter().filter(|due_at| **due_at <= now).count()
    }
}

fn role(facts: &Facts, user: UserId) -> Option<Role> {
    if facts.owner_id == Some(user) {
        return Some(Role::Owner);
    }
    facts.access.as_ref()?.members.get(&user).map(|role| Role::from(*role))
}

fn alarms(facts: &Facts) -> Cut<AlarmLine> {
    let all = facts.alarms.shown().map(|(episode_id, alarm)| AlarmLine {
        episode_id,
        name: alarm.name.clone(),
        cause: alarm.cause,
        parameter: alarm.parameter.clone(),
        acknowledged: alarm.acknowledged,
        fired_at: alarm.fired_at,
    });
    Cut::of(all.collect(), MAX_NAMED, |alarm| (std::cmp::Reverse(alarm.fired_at), alarm.episode_id))
}

fn silent(facts: &Facts) -> Cut<DeviceLine> {
    let all = facts.silent.shown().map(|(device_id, device)| DeviceLine {
        device_id,
        name: device.name.clone(),
        last_sample_at: device.last_sample_at,
    });
    Cut::of(all.collect(), MAX_NAMED, |device| device.device_id)
}

fn tasks(facts: &Facts) -> Cut<TaskLine> {
    let all =
        facts.tasks.shown().map(|(task_id, task)| TaskLine { task_id, title: task.title.clone(), due_at: task.due_at });
    Cut::of(all.collect(), MAX_TASKS, |task| (task.due_at, task.task_id))
}

fn later_due(facts: &Facts) -> Vec<i64> {
    let mut all: Vec<_> = facts.tasks.shown().map(|(task_id, task)| (task.due_at, task_id)).collect();
    all.sort_unstable();
    let later = all.into_iter().take(MAX_DUE).skip(MAX_TASKS);
    later.map(|(due_at, _)| due_at.as_millisecond()).collect()
}

fn reservoirs(facts: &Facts) -> Cut<ReservoirLine> {
    let all = facts.reservoirs.shown().map(|(plan_id, plan)| ReservoirLine {
        plan_id,
        product: plan.product.clone(),
        empty_at: plan.empty_at,
    });
    Cut::of(all.collect(), MAX_NAMED, |plan| (plan.empty_at.unwrap_or(Timestamp::MAX), plan.plan_id))
}
