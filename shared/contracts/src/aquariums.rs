//! Events of aquariums.

use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};
use utoipa::ToSchema;

/// The users with access to an aquarium changed. Also published when an aquarium is created, with revision 1 and no members.
///
/// Events can arrive in any order: consumers keep the one with the highest revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessChanged {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner, who has every right and is not in `members`.
    pub owner_id: UserId,
    /// Number of changes of the access, from 1.
    pub revision: u64,
    /// All members after the change.
    pub members: Vec<AquariumMember>,
}

event!(AccessChanged, "aquariums.access_changed", version = 1, subject = aquarium_id);

/// A user with whom an aquarium is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumMember {
    /// User ID.
    pub user_id: UserId,
    /// Role.
    pub role: MemberRole,
}

/// Role of a member of an aquarium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Reads everything.
    Viewer,
    /// Also records readings and entries, and manages equipment, livestock, sensors and alarms.
    Keeper,
}

/// An aquarium was deleted. Its data is deleted too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumRemoved {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the former owner.
    pub owner_id: UserId,
}

event!(AquariumRemoved, "aquariums.aquarium_removed", version = 1, subject = aquarium_id);
