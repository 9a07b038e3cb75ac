//! Equipment, its services, and when the next one is due.

use calendar::ZoneName;
use contracts::aquariums::{EquipmentChanged, EquipmentServiced};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use types::{AquariumId, EquipmentId, ServiceId, UserId, Uuid, derive_id};

use super::access::Scope;

/// Maximum number of pieces of equipment of an aquarium.
pub const MAX_EQUIPMENT: u32 = 200;
/// Maximum number of services in the log of a piece of equipment: one call deletes as many.
pub const MAX_SERVICES: u32 = 1_000;
/// Maximum length of names and models in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// Range of service intervals in days.
pub const INTERVAL_DAYS: std::ops::RangeInclusive<u16> = 1..=3_650;

/// Type of a piece of equipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EquipmentKind {
    /// Filter.
    Filter,
    /// Heater.
    Heater,
    /// Chiller.
    Chiller,
    /// Light.
    Light,
    /// Pump.
    Pump,
    /// Protein skimmer.
    Skimmer,
    /// CO2 system.
    Co2,
    /// Dosing pump.
    Doser,
    /// UV steriliser.
    Uv,
    /// Controller or probe.
    Controller,
    /// Anything else.
    Other,
}

/// What a keeper says about a piece of equipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Name.
    pub name: String,
    /// Type.
    pub kind: EquipmentKind,
    /// Manufacturer and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Date of installation in the aquarium's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_on: Option<Date>,
    /// Days between two services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_interval_days: Option<u16>,
    /// Last day of the warranty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty_until: Option<Date>,
}

impl Details {
    /// The same for the same details: distinguishes a repeated request from another one.
    fn fingerprint(&self) -> Uuid {
        derive_id(&[&format!("{self:?}")])
    }
}

/// The interval is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {} to {} days", INTERVAL_DAYS.start(), INTERVAL_DAYS.end())]
pub struct IntervalOutOfRange;

/// Parses a service interval in days.
pub fn interval(days: u16) -> Result<u16, IntervalOutOfRange> {
    if INTERVAL_DAYS.contains(&days) { Ok(days) } else { Err(IntervalOutOfRange) }
}

/// Fields to change. The inner option of optional fields is what they become.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// New name.
    pub name: Option<String>,
    /// New type.
    pub kind: Option<EquipmentKind>,
    /// New model.
    pub model: Option<Option<String>>,
    /// New date of installation.
    pub installed_on: Option<Option<Date>>,
    /// New service interval.
    pub service_interval_days: Option<Option<u16>>,
    /// New end of the warranty.
    pub warranty_until: Option<Option<Date>>,
}

/// A piece of equipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equipment {
    owner_id: UserId,
    aquarium_id: AquariumId,
    /// ID.
    pub id: EquipmentId,
    /// Time of creation.
    pub created_at: Timestamp,
    /// What the keeper says about it.
    pub details: Details,
    /// Time of the latest service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_serviced_at: Option<Timestamp>,
    /// Number of services in the log.
    services: u32,
    /// True while it is deleted with its service log. It does not exist for members any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    removed: bool,
    /// What it was created with.
    fingerprint: Uuid,
}

impl Equipment {
    /// A new piece of equipment.
    pub fn new(scope: &Scope, id: EquipmentId, details: Details, now: Timestamp) -> Self {
        let fingerprint = details.fingerprint();
        let (owner_id, aquarium_id) = (scope.owner_id(), scope.aquarium_id());
        Self {
            owner_id,
            aquarium_id,
            id,
            created_at: now,
            details,
            last_serviced_at: None,
            services: 0,
            removed: false,
            fingerprint,
        }
    }

    /// The owner of the aquarium, in whose partition it lies.
    pub const fn owner_id(&self) -> UserId {
        self.owner_id
    }

    /// The aquarium.
    pub const fn aquarium_id(&self) -> AquariumId {
        self.aquarium_id
    }

    /// True if it was created with these details, whatever they are now.
    pub fn was_created_with(&self, details: &Details) -> bool {
        self.fingerprint == details.fingerprint()
    }

    /// The equipment with the change; none if that changes nothing.
    pub fn changed(&self, change: Change) -> Option<Self> {
        let before = self.details.clone();
        let details = Details {
            name: change.name.unwrap_or(before.name),
            kind: change.kind.unwrap_or(before.kind),
            model: change.model.unwrap_or(before.model),
            installed_on: change.installed_on.unwrap_or(before.installed_on),
            service_interval_days: change.service_interval_days.unwrap_or(before.service_interval_days),
            warranty_until: change.warranty_until.unwrap_or(before.warranty_until),
        };
        (details != self.details).then(|| Self { details, ..self.clone() })
    }

    /// The equipment after a service; none if its log is full. A service from before the latest one does not move the due date.
    pub fn serviced(&self, at: Timestamp) -> Option<Self> {
        let services = self.services + 1;
        let last_serviced_at = self.last_serviced_at.max(Some(at));
        (services <= MAX_SERVICES).then(|| Self { last_serviced_at, services, ..self.clone() })
    }

    /// The equipment before its service log is deleted, and it with the log.
    #[must_use]
    pub fn removed(&self) -> Self {
        Self { removed: true, ..self.clone() }
    }

    /// True while its service log is being deleted, and it with the log.
    pub const fn is_removed(&self) -> bool {
        self.removed
    }

    /// True if the service log has entries.
    pub const fn has_services(&self) -> bool {
        self.services > 0
    }

    /// Date of the next service: the interval after the latest service, or without one after the installation or the creation.
    /// None without an interval.
    pub fn next_due_on(&self, zone: &ZoneName) -> Option<Date> {
        let days = i64::from(self.details.service_interval_days?);
        let day_of = |at: Timestamp| zone.local(at).date();
        let serviced_on = self.last_serviced_at.map(day_of);
        let from = serviced_on.or(self.details.installed_on).unwrap_or_else(|| day_of(self.created_at));
        from.checked_add(days.days()).ok()
    }

    /// The fact that it was serviced.
    pub fn serviced_fact(&self, at: Timestamp, zone: &ZoneName, revision: u64) -> EquipmentServiced {
        EquipmentServiced {
            equipment_id: self.id,
            aquarium_id: self.aquarium_id,
            owner_id: self.owner_id,
            serviced_at: at,
            next_due_on: self.next_due_on(zone),
            revision,
        }
    }

    /// The fact that it was added, changed, serviced or deleted.
    pub fn changed_fact(&self, zone: &ZoneName, revision: u64) -> EquipmentChanged {
        EquipmentChanged {
            equipment_id: self.id,
            aquarium_id: self.aquarium_id,
            owner_id: self.owner_id,
            next_due_on: self.next_due_on(zone).filter(|_| !self.removed),
            deleted: self.removed,
            revision,
        }
    }
}

/// A service of a piece of equipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    owner_id: UserId,
    aquarium_id: AquariumId,
    /// The equipment.
    pub equipment_id: EquipmentId,
    /// ID.
    pub id: ServiceId,
    /// Time of the service.
    pub serviced_at: Timestamp,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who recorded it; none once the user deleted the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<UserId>,
}

impl Service {
    /// A service that a member records.
    pub fn new(scope: &Scope, of: &Equipment, id: ServiceId, at: Timestamp, note: Option<String>) -> Self {
        Self {
            owner_id: of.owner_id,
            aquarium_id: of.aquarium_id,
            equipment_id: of.id,
            id,
            serviced_at: at,
            note,
            recorded_by: Some(scope.user_id()),
        }
    }

    /// The owner of the aquarium, in whose partition it lies.
    pub const fn owner_id(&self) -> UserId {
        self.owner_id
    }

    /// The aquarium.
    pub const fn aquarium_id(&self) -> AquariumId {
        self.aquarium_id
    }

    /// True if it was recorded with these values.
    pub fn was_recorded_as(&self, at: Timestamp, note: Option<&str>) -> bool {
        self.serviced_at == at && self.note.as_deref() == note
    }

    /// The service without what a deleted user wrote; none if another user recorded it.
    pub fn redacted(&self, user: UserId) -> Option<Self> {
        (self.recorded_by == Some(user)).then(|| Self { note: None, recorded_by: None, ..self.clone() })
    }
}

#[cfg(test)]
#[path = "equipment_tests.rs"]
mod tests;
