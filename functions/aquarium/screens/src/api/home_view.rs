//! The home screen as clients see it.

use contracts::aquariums::{AlarmCause, AquariumKind};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use types::{AquariumId, DeviceId, DosePlanId, EpisodeId, EquipmentId, TaskId};
use utoipa::ToSchema;

use crate::domain::card::{AlarmLine, Card, Cut, DeviceLine, NextService, ReservoirLine, Role, TaskLine};
use crate::domain::home::Home;
use crate::domain::unread::MAX_COUNTED;
use crate::domain::values::{Value, ValueSource};

/// Home screen of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HomeScreen)]
pub struct HomeView {
    /// Aquariums that the user owns, then those that are shared with the user, each ordered by name. At most 60.
    pub aquariums: Vec<HomeAquarium>,
    /// Whether there may be more, since the list has 60 aquariums or as much text as a screen may have: `GET /v1/aquarium/aquariums` has
    /// all.
    pub has_more: bool,
    /// Unread notifications.
    pub unread: HomeUnread,
    /// Time of the newest event that the screen shows. Null before the first one.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub as_of: Option<Timestamp>,
}

/// Unread notifications on the home screen.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeUnread {
    /// How many of the newest 100 notifications of the last 90 days are unread.
    #[schema(example = 3)]
    pub count: usize,
    /// Whether all 100 are unread, so that there may be more.
    pub has_more: bool,
}

/// Aquarium on the home screen.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeAquarium {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Name.
    #[schema(example = "Reef")]
    pub name: String,
    /// Type of water.
    pub kind: AquariumKind,
    /// IANA time zone of the aquarium's days.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// What the user is to the aquarium.
    pub role: Role,
    /// Newest value of each parameter.
    pub values: Vec<HomeValue>,
    /// Open alarms.
    pub alarms: HomeAlarms,
    /// Devices that do not send.
    pub silent_devices: HomeDevices,
    /// Tasks with an open occurrence.
    pub tasks: HomeTasks,
    /// Dose plans whose reservoir is low.
    pub low_reservoirs: HomeReservoirs,
    /// Next service of equipment. Null if none is known.
    pub next_service: Option<HomeService>,
    /// Number of animals and plants.
    #[schema(example = 24)]
    pub livestock_count: u64,
    /// Time of the newest event about the aquarium.
    #[serde(serialize_with = "types::time::millis")]
    pub as_of: Timestamp,
}

/// Newest value of a parameter.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeValue {
    /// Water parameter.
    #[schema(example = "temperature")]
    pub parameter: String,
    /// Value in the unit, decimal. Null if the unit cannot show it.
    #[schema(example = "25.1")]
    pub value: Option<String>,
    /// Unit.
    #[schema(example = "celsius")]
    pub unit: String,
    /// Time of the measurement. Values of sensors are those at the end of an hour.
    #[serde(serialize_with = "types::time::millis")]
    pub measured_at: Timestamp,
    /// What measured it.
    pub source: ValueSource,
}

/// Open alarms of an aquarium.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeAlarms {
    /// How many there are.
    #[schema(example = 1)]
    pub count: usize,
    /// The newest, at most 3.
    pub items: Vec<HomeAlarm>,
}

/// Open alarm.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeAlarm {
    /// Episode ID.
    pub id: EpisodeId,
    /// Name of the rule, or of the sensor whose probe is faulty.
    #[schema(example = "Too warm")]
    pub name: String,
    /// Cause.
    pub cause: AlarmCause,
    /// Water parameter.
    #[schema(example = "temperature")]
    pub parameter: String,
    /// Whether a member has acknowledged it.
    pub acknowledged: bool,
    /// Time at which it began to fire.
    #[serde(serialize_with = "types::time::millis")]
    pub fired_at: Timestamp,
}

/// Devices of an aquarium that do not send.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeDevices {
    /// How many there are.
    #[schema(example = 0)]
    pub count: usize,
    /// The first 3.
    pub items: Vec<HomeDevice>,
}

/// Device that does not send.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeDevice {
    /// Device ID.
    pub id: DeviceId,
    /// Name.
    #[schema(example = "Controller")]
    pub name: String,
    /// Time of its newest sample. Null if it never sent one.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub last_sample_at: Option<Timestamp>,
}

/// Tasks of an aquarium.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeTasks {
    /// How many there are.
    #[schema(example = 4)]
    pub count: usize,
    /// How many of the 100 that are due earliest are due now.
    #[schema(example = 2)]
    pub due_count: usize,
    /// The 5 that are due earliest.
    pub items: Vec<HomeTask>,
}

/// Task on the home screen.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeTask {
    /// Task ID.
    pub id: TaskId,
    /// Title.
    #[schema(example = "Clean the skimmer")]
    pub title: String,
    /// Time at which it is or was due.
    #[serde(serialize_with = "types::time::millis")]
    pub due_at: Timestamp,
    /// Whether it is due now.
    pub is_due: bool,
}

/// Dose plans of an aquarium whose reservoir is low.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeReservoirs {
    /// How many there are.
    #[schema(example = 0)]
    pub count: usize,
    /// The 3 that are empty soonest.
    pub items: Vec<HomeReservoir>,
}

/// Dose plan whose reservoir is low.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeReservoir {
    /// Dose plan ID.
    pub plan_id: DosePlanId,
    /// Name of the product.
    #[schema(example = "Calcium")]
    pub product: String,
    /// Time at which the reservoir will be empty. Null if it is not known.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub empty_at: Option<Timestamp>,
}

/// Next service of equipment.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeService {
    /// Equipment ID.
    pub equipment_id: EquipmentId,
    /// Date in the aquarium's time zone.
    #[schema(value_type = String, format = Date, example = "2026-12-24")]
    pub due_on: Date,
}

impl HomeView {
    /// Shows a home; none is known of users about whom there was no event.
    pub fn of(home: Option<&Home>, now: Timestamp) -> Self {
        let cards = home.map(Home::in_order).unwrap_or_default();
        let count = home.map_or(0, |home| home.unread.count(now));
        Self {
            has_more: home.is_some_and(Home::is_full),
            aquariums: cards.into_iter().map(|(id, card)| HomeAquarium::of(id, card, now)).collect(),
            unread: HomeUnread { count, has_more: count >= MAX_COUNTED },
            as_of: home.and_then(Home::as_of),
        }
    }
}

impl HomeAquarium {
    fn of(id: AquariumId, card: &Card, now: Timestamp) -> Self {
        let Cut { first, count } = &card.tasks;
        let items = first.iter().map(|task| HomeTask::of(task, now)).collect();
        let tasks = HomeTasks { count: *count, due_count: card.due_count(now), items };
        Self {
            id,
            name: card.name.clone(),
            kind: card.kind,
            time_zone: card.time_zone.clone(),
            role: card.role,
            values: card.values.iter().map(HomeValue::from).collect(),
            alarms: HomeAlarms { count: card.alarms.count, items: shown(&card.alarms) },
            silent_devices: HomeDevices { count: card.silent.count, items: shown(&card.silent) },
            tasks,
            low_reservoirs: HomeReservoirs { count: card.reservoirs.count, items: shown(&card.reservoirs) },
            next_service: card.next_service.map(HomeService::from),
            livestock_count: card.livestock,
            as_of: card.as_of,
        }
    }
}

fn shown<'a, T, V: From<&'a T>>(cut: &'a Cut<T>) -> Vec<V> {
    cut.first.iter().map(V::from).collect()
}

impl From<&Value> for HomeValue {
    fn from(value: &Value) -> Self {
        Self {
            parameter: value.parameter.clone(),
            value: value.value.clone(),
            unit: value.unit.clone(),
            measured_at: value.measured_at,
            source: value.source,
        }
    }
}

impl From<&AlarmLine> for HomeAlarm {
    fn from(alarm: &AlarmLine) -> Self {
        Self {
            id: alarm.episode_id,
            name: alarm.name.clone(),
            cause: alarm.cause,
            parameter: alarm.parameter.clone(),
            acknowledged: alarm.acknowledged,
            fired_at: alarm.fired_at,
        }
    }
}

impl From<&DeviceLine> for HomeDevice {
    fn from(device: &DeviceLine) -> Self {
        Self { id: device.device_id, name: device.name.clone(), last_sample_at: device.last_sample_at }
    }
}

impl HomeTask {
    fn of(task: &TaskLine, now: Timestamp) -> Self {
        Self { id: task.task_id, title: task.title.clone(), due_at: task.due_at, is_due: task.due_at <= now }
    }
}

impl From<&ReservoirLine> for HomeReservoir {
    fn from(plan: &ReservoirLine) -> Self {
        Self { plan_id: plan.plan_id, product: plan.product.clone(), empty_at: plan.empty_at }
    }
}

impl From<NextService> for HomeService {
    fn from(service: NextService) -> Self {
        Self { equipment_id: service.equipment_id, due_on: service.due_on }
    }
}
