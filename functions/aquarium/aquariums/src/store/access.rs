//! Who may do what with an aquarium.

use dynamo::{Entity, Key, Read, StoreError, Versioned};
use types::{AquariumId, UserId};

use super::{Aquariums, Store};
use crate::domain::access::{Access, Scope};

impl Entity for Access {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        access_key(self.aquarium_id)
    }
}

pub(super) fn access_key(id: AquariumId) -> Key<Aquariums> {
    Key::new("aquarium", id, "access")
}

impl Store {
    /// Returns who may do what with an aquarium; the read is strongly consistent.
    pub async fn access(&self, id: AquariumId) -> Result<Option<Versioned<Access>>, StoreError> {
        self.table.get(access_key(id), Read::Strong).await
    }

    /// Returns the authority of a user over an aquarium; none if it does not exist or the user has no part in it.
    pub async fn scope(&self, user: UserId, id: AquariumId) -> Result<Option<Scope>, StoreError> {
        Ok(self.access(id).await?.and_then(|access| access.value.scope(user)))
    }
}
