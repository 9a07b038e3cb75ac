//! Who may do what with an aquarium.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};

/// Maximum number of users with whom an aquarium is shared.
pub const MAX_MEMBERS: usize = 20;

/// What a user may do with an aquarium. Each role includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads everything.
    Viewer,
    /// Records readings, and manages equipment, livestock, sensors and alarms.
    Keeper,
    /// Also changes and deletes the aquarium, and manages its members. There is exactly one owner.
    Owner,
}

/// The users of an aquarium: the only source of authority over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Its owner, in whose partition its data lies.
    pub owner_id: UserId,
    /// The users with whom it is shared. Their roles are never [`Role::Owner`].
    pub members: BTreeMap<UserId, Role>,
    /// Number of changes of the members. Copies in other contexts keep the highest.
    pub revision: u64,
}

/// A user's authority over one aquarium. It is derived from [`Access`] alone, and keys of an aquarium's data are built from it
/// alone, so code that reads or writes such data has checked the membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    aquarium_id: AquariumId,
    owner_id: UserId,
    user_id: UserId,
    role: Role,
}

/// The role of a member does not include the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleTooLow {
    /// The lowest role that includes it.
    pub required: Role,
}

impl Access {
    /// The access to a new aquarium, which is shared with nobody.
    pub const fn new(aquarium_id: AquariumId, owner_id: UserId) -> Self {
        Self { aquarium_id, owner_id, members: BTreeMap::new(), revision: 1 }
    }

    /// Returns the authority of a user; none for users to whom the aquarium must look as if it did not exist.
    pub fn scope(&self, user_id: UserId) -> Option<Scope> {
        let role = if user_id == self.owner_id { Some(Role::Owner) } else { self.members.get(&user_id).copied() };
        role.map(|role| Scope { aquarium_id: self.aquarium_id, owner_id: self.owner_id, user_id, role })
    }
}

impl Scope {
    /// The aquarium.
    pub const fn aquarium_id(&self) -> AquariumId {
        self.aquarium_id
    }

    /// The owner of the aquarium.
    pub const fn owner_id(&self) -> UserId {
        self.owner_id
    }

    /// The user who has this authority.
    pub const fn user_id(&self) -> UserId {
        self.user_id
    }

    /// The role of the user.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Fails unless the role includes `required`.
    pub fn at_least(&self, required: Role) -> Result<(), RoleTooLow> {
        if self.role >= required { Ok(()) } else { Err(RoleTooLow { required }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_exists_for_members_only_and_has_their_role() {
        let (owner, keeper, stranger) = (UserId::generate(), UserId::generate(), UserId::generate());
        let mut access = Access::new(AquariumId::generate(), owner);
        access.members.insert(keeper, Role::Keeper);
        assert_eq!(access.scope(owner).map(|scope| scope.role()), Some(Role::Owner));
        assert_eq!(access.scope(stranger), None);
        let scope = access.scope(keeper).expect("a member");
        assert_eq!(scope.at_least(Role::Viewer), Ok(()));
        assert_eq!(scope.at_least(Role::Keeper), Ok(()));
        assert_eq!(scope.at_least(Role::Owner), Err(RoleTooLow { required: Role::Owner }));
        assert_eq!(scope.owner_id(), owner);
    }
}
