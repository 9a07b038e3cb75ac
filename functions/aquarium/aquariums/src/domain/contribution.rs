//! What a member writes into the aquarium of another user.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, EquipmentId, LivestockId, MovementId, ReadingId, ServiceId, UserId, Uuid};
use water::{Entered, Parameter};

use super::access::Scope;
use super::equipment::Service;
use super::livestock::Movement;
use super::reading::Reading;

/// Maximum length of a note in characters.
pub const MAX_NOTE_CHARS: usize = 500;

/// An entry that names its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Entry {
    /// A service of equipment.
    Service {
        /// The equipment.
        equipment_id: EquipmentId,
        /// The service.
        service_id: ServiceId,
        /// Time of the service.
        serviced_at: Timestamp,
    },
    /// A movement of livestock.
    Movement {
        /// The livestock.
        livestock_id: LivestockId,
        /// The movement.
        movement_id: MovementId,
        /// Time of the movement.
        moved_at: Timestamp,
    },
    /// A reading that the member recorded or corrected.
    Reading {
        /// The reading.
        reading_id: ReadingId,
        /// What was measured.
        parameter: Parameter,
        /// What the member entered first.
        entered: Entered,
        /// Time of the measurement.
        measured_at: Timestamp,
    },
    /// The key of a device, which was issued to the member.
    DeviceKey {
        /// The device.
        device_id: DeviceId,
    },
}

impl Entry {
    /// The ID of the entry.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Service { service_id, .. } => service_id.uuid(),
            Self::Movement { movement_id, .. } => movement_id.uuid(),
            Self::Reading { reading_id, .. } => reading_id.uuid(),
            Self::DeviceKey { device_id } => device_id.uuid(),
        }
    }

    /// The ID of the equipment or livestock that the entry is about, otherwise that of the entry.
    pub const fn subject(self) -> Uuid {
        match self {
            Self::Service { equipment_id, .. } => equipment_id.uuid(),
            Self::Movement { livestock_id, .. } => livestock_id.uuid(),
            Self::Reading { .. } | Self::DeviceKey { .. } => self.id(),
        }
    }
}

/// A member's own record of an entry in the aquarium of another user. It leads the erasure of the member to the entry, and the
/// member's data export shows it. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The member.
    pub user_id: UserId,
    /// The owner of the aquarium.
    pub owner_id: UserId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The entry.
    pub entry: Entry,
    /// What the member wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Time of the record.
    pub recorded_at: Timestamp,
}

impl Contribution {
    /// The record of a service; none if the owner recorded it.
    pub fn of_service(scope: &Scope, service: &Service, now: Timestamp) -> Option<Self> {
        let Service { equipment_id, id: service_id, serviced_at, .. } = *service;
        let entry = Entry::Service { equipment_id, service_id, serviced_at };
        Self::of(scope, entry, service.note.clone(), now)
    }

    /// The record of a movement; none if the owner recorded it.
    pub fn of_movement(scope: &Scope, movement: &Movement, now: Timestamp) -> Option<Self> {
        let Movement { livestock_id, id: movement_id, moved_at, .. } = *movement;
        let entry = Entry::Movement { livestock_id, movement_id, moved_at };
        Self::of(scope, entry, movement.note.clone(), now)
    }

    /// The record of a reading; none if the owner recorded or changed it.
    pub fn of_reading(scope: &Scope, reading: &Reading, now: Timestamp) -> Option<Self> {
        let Reading { id: reading_id, parameter, measured_at, .. } = *reading;
        let entered = reading.measurement.entered;
        Self::of(scope, Entry::Reading { reading_id, parameter, entered, measured_at }, None, now)
    }

    /// The record of a device key; none if it was issued to the owner.
    pub fn of_device_key(scope: &Scope, device_id: DeviceId, now: Timestamp) -> Option<Self> {
        Self::of(scope, Entry::DeviceKey { device_id }, None, now)
    }

    fn of(scope: &Scope, entry: Entry, note: Option<String>, now: Timestamp) -> Option<Self> {
        let (user_id, owner_id, aquarium_id) = (scope.user_id(), scope.owner_id(), scope.aquarium_id());
        let record = Self { user_id, owner_id, aquarium_id, entry, note, recorded_at: now };
        (user_id != owner_id).then_some(record)
    }
}
