//! What a member's own partition says about an aquarium that is shared with them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};

use super::access::Scope;

/// An aquarium is shared with a user. It leads to the aquarium and gives no authority: the role is in
/// [`Access`](super::access::Access), which changes in the same transactions. It never changes, so its version is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The member.
    pub user_id: UserId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The owner of the aquarium.
    pub owner_id: UserId,
    /// Since when it is shared.
    pub joined_at: Timestamp,
}

impl Share {
    /// The share of a member who joins now.
    pub const fn new(member: &Scope, now: Timestamp) -> Self {
        Self {
            user_id: member.user_id(),
            aquarium_id: member.aquarium_id(),
            owner_id: member.owner_id(),
            joined_at: now,
        }
    }
}
