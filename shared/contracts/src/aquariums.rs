//! Events of aquariums: who keeps them, with whom they are shared, and what lives and works in them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, EquipmentId, LivestockId, UserId};
use utoipa::ToSchema;

/// Type of water of an aquarium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AquariumKind {
    /// Fresh water.
    Fresh,
    /// Brackish water.
    Brackish,
    /// Sea water.
    Marine,
    /// Fresh water outdoors.
    Pond,
}

impl AquariumKind {
    /// Returns the name as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Brackish => "brackish",
            Self::Marine => "marine",
            Self::Pond => "pond",
        }
    }
}

/// What a user may do with an aquarium that is shared with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Reads everything.
    Viewer,
    /// Also records readings, and manages equipment, livestock, sensors and alarms.
    Keeper,
}

/// A user with whom an aquarium is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumMember {
    /// User ID.
    pub user_id: UserId,
    /// Role.
    pub role: MemberRole,
}

/// A user created an aquarium.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumCreated {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Name.
    pub name: String,
    /// Type of water.
    pub kind: AquariumKind,
    /// Volume of the water in millilitres.
    pub net_volume_ml: u64,
    /// IANA time zone of the aquarium's days.
    pub time_zone: String,
    /// Revision of the aquarium. Higher is newer.
    pub revision: u64,
}

event!(AquariumCreated, "aquariums.aquarium_created", version = 1, subject = aquarium_id);

/// The name, type of water, volume or time zone of an aquarium changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumChanged {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Name.
    pub name: String,
    /// Type of water.
    pub kind: AquariumKind,
    /// Volume of the water in millilitres.
    pub net_volume_ml: u64,
    /// IANA time zone of the aquarium's days.
    pub time_zone: String,
    /// Revision of the aquarium. Higher is newer.
    pub revision: u64,
}

event!(AquariumChanged, "aquariums.aquarium_changed", version = 1, subject = aquarium_id);

/// An aquarium was deleted. It is final: the ID is not used again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumRemoved {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Revision of the access to the aquarium, which is higher than that of every `aquariums.access_changed`.
    pub revision: u64,
}

event!(AquariumRemoved, "aquariums.aquarium_removed", version = 1, subject = aquarium_id);

/// The users with access to an aquarium changed. The list is complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessChanged {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Revision of the access. Higher is newer.
    pub revision: u64,
    /// The users with whom the aquarium is shared, without the owner.
    pub members: Vec<AquariumMember>,
}

event!(AccessChanged, "aquariums.access_changed", version = 1, subject = aquarium_id);

/// A piece of equipment was serviced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EquipmentServiced {
    /// Equipment ID.
    pub equipment_id: EquipmentId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Time of the service, which may be in the past.
    #[schema(value_type = String, format = DateTime)]
    pub serviced_at: Timestamp,
    /// Date of the next service in the aquarium's time zone. Absent for equipment without a service interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub next_due_on: Option<jiff::civil::Date>,
    /// Revision of the equipment. Higher is newer.
    pub revision: u64,
}

event!(EquipmentServiced, "aquariums.equipment_serviced", version = 1, subject = equipment_id);

/// Why animals or plants came into an aquarium or left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementCause {
    /// In: bought.
    Bought,
    /// In: born or grown in the aquarium.
    Born,
    /// In: received as a gift, or from another aquarium.
    Received,
    /// Out: died.
    Died,
    /// Out: sold.
    Sold,
    /// Out: given away, or moved to another aquarium.
    GivenAway,
    /// Out: missing.
    Missing,
    /// In or out: the count was wrong.
    Corrected,
}

/// Animals or plants of one species came into an aquarium or left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LivestockChanged {
    /// Livestock ID: animals or plants of one species in one aquarium.
    pub livestock_id: LivestockId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Species, as the keeper entered it.
    pub species: String,
    /// The change of the count: negative for animals or plants that left.
    pub change: i64,
    /// The count after it.
    pub count: u32,
    /// Cause.
    pub cause: MovementCause,
    /// Time of the movement, which may be in the past.
    #[schema(value_type = String, format = DateTime)]
    pub moved_at: Timestamp,
    /// Revision of the livestock. Higher is newer.
    pub revision: u64,
}

event!(LivestockChanged, "aquariums.livestock_changed", version = 1, subject = livestock_id);
