//! What a member writes into the aquarium of another user.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, EquipmentId, LivestockId, MovementId, ServiceId, UserId, Uuid};

use super::access::Scope;
use super::equipment::Service;
use super::livestock::Movement;

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
}

impl Entry {
    /// The ID of the equipment or livestock that the entry is about.
    pub const fn subject(self) -> Uuid {
        match self {
            Self::Service { equipment_id, .. } => equipment_id.uuid(),
            Self::Movement { livestock_id, .. } => livestock_id.uuid(),
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

    fn of(scope: &Scope, entry: Entry, note: Option<String>, now: Timestamp) -> Option<Self> {
        let (user_id, owner_id, aquarium_id) = (scope.user_id(), scope.owner_id(), scope.aquarium_id());
        let record = Self { user_id, owner_id, aquarium_id, entry, note, recorded_at: now };
        (user_id != owner_id).then_some(record)
    }
}
