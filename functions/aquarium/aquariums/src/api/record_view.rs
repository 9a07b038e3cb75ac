//! Views of equipment and livestock in responses.

use calendar::ZoneName;
use contracts::aquariums::MovementCause;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use types::{EquipmentId, LivestockId, MovementId, ServiceId, UserId};
use utoipa::ToSchema;

use crate::domain::equipment::{Equipment, EquipmentKind, Service};
use crate::domain::livestock::{Direction, Livestock, Movement};

/// A piece of equipment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EquipmentView {
    /// Equipment ID.
    id: EquipmentId,
    /// Name.
    #[schema(example = "Canister filter")]
    name: String,
    /// Type.
    kind: EquipmentKind,
    /// Manufacturer and model.
    model: Option<String>,
    /// Date of installation.
    #[schema(value_type = Option<String>, format = Date, example = "2026-03-14")]
    installed_on: Option<Date>,
    /// Days between two services.
    #[schema(example = 30)]
    service_interval_days: Option<u16>,
    /// Time of the latest service.
    #[serde(serialize_with = "types::time::optional_millis")]
    last_serviced_at: Option<Timestamp>,
    /// Date of the next service in the aquarium's time zone. Null without a service interval.
    #[schema(value_type = Option<String>, format = Date, example = "2026-04-13")]
    next_due_on: Option<Date>,
    /// Last day of the warranty.
    #[schema(value_type = Option<String>, format = Date, example = "2028-03-14")]
    warranty_until: Option<Date>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

impl EquipmentView {
    /// The view of a piece of equipment of an aquarium in this time zone.
    pub fn of(equipment: &Equipment, zone: &ZoneName) -> Self {
        let details = equipment.details.clone();
        Self {
            id: equipment.id,
            name: details.name,
            kind: details.kind,
            model: details.model,
            installed_on: details.installed_on,
            service_interval_days: details.service_interval_days,
            last_serviced_at: equipment.last_serviced_at,
            next_due_on: equipment.next_due_on(zone),
            warranty_until: details.warranty_until,
            created_at: equipment.created_at,
        }
    }
}

/// An entry of a service log.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceView {
    /// Service ID.
    id: ServiceId,
    /// Time of the service.
    #[serde(serialize_with = "types::time::millis")]
    serviced_at: Timestamp,
    /// What was done.
    note: Option<String>,
    /// User ID of the user who recorded it. Null after the user deleted the account.
    recorded_by: Option<UserId>,
}

impl From<&Service> for ServiceView {
    fn from(service: &Service) -> Self {
        let Service { id, serviced_at, note, recorded_by, .. } = service.clone();
        Self { id, serviced_at, note, recorded_by }
    }
}

/// Animals or plants of one species.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LivestockView {
    /// Livestock ID.
    id: LivestockId,
    /// Species.
    #[schema(example = "Amphiprion ocellaris")]
    species: String,
    /// Name.
    name: Option<String>,
    /// How many there are.
    #[schema(example = 2)]
    count: u32,
    /// Since when they are in the aquarium.
    #[serde(serialize_with = "types::time::millis")]
    since: Timestamp,
}

impl From<&Livestock> for LivestockView {
    fn from(livestock: &Livestock) -> Self {
        let Livestock { id, since, details, count, .. } = livestock.clone();
        Self { id, species: details.species, name: details.name, count, since }
    }
}

/// Animals or plants that came or left.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovementView {
    /// Movement ID.
    id: MovementId,
    /// Direction.
    direction: Direction,
    /// How many moved.
    #[schema(example = 1)]
    number: u32,
    /// Cause.
    cause: MovementCause,
    /// The count after the movement was recorded.
    #[schema(example = 3)]
    count: u32,
    /// Time of the movement.
    #[serde(serialize_with = "types::time::millis")]
    moved_at: Timestamp,
    /// What else there is to say.
    note: Option<String>,
    /// User ID of the user who recorded it. Null after the user deleted the account.
    recorded_by: Option<UserId>,
}

impl From<&Movement> for MovementView {
    fn from(movement: &Movement) -> Self {
        let Movement { id, moved_at, change, count, note, recorded_by, .. } = movement.clone();
        let (direction, number, cause) = (change.direction(), change.number(), change.cause());
        Self { id, direction, number, cause, count, moved_at, note, recorded_by }
    }
}
