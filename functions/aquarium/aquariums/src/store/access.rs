//! Who may do what with an aquarium.

use dynamo::{Entity, Found, Key, Outcome, Read, StoreError, Versioned};
use jiff::Timestamp;
use types::{AquariumId, UserId};

use super::aquariums::aquarium_key;
use super::{Aquariums, Store};
use crate::domain::access::{Access, Scope};
use crate::domain::aquarium::Aquarium;
use crate::domain::quota::Retention;

impl Entity for Access {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        access_key(self.aquarium_id)
    }

    fn expires_at(&self) -> Option<i64> {
        Self::expires_at(self).map(Timestamp::as_second)
    }
}

pub(super) fn access_key(id: AquariumId) -> Key<Aquariums> {
    Key::new("aquarium", id, "access")
}

/// An aquarium with a user's authority over it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The authority.
    pub scope: Scope,
    /// What the authority follows from. A write that is conditional on its version has the authority until it commits.
    pub access: Versioned<Access>,
    /// The aquarium.
    pub aquarium: Versioned<Aquarium>,
}

impl Store {
    /// Returns who may do what with an aquarium; the read is strongly consistent.
    pub async fn access(&self, id: AquariumId) -> Result<Option<Versioned<Access>>, StoreError> {
        self.table.get(access_key(id), Read::Strong).await
    }

    /// Stores for how many days samples of an aquarium are kept from now on. False if that is known, or the aquarium was removed.
    pub async fn keep_retention(&self, id: AquariumId, retention: &Retention) -> Result<bool, StoreError> {
        let decide =
            |known: Option<&Versioned<Access>>| known.and_then(|read| read.value.with_retention(retention)).into();
        let outcome: Outcome<Access> = self.table.update(access_key(id), decide).await?;
        Ok(outcome.is_applied())
    }

    /// Stores whether the account of a user of an aquarium is suspended. False if that is known, or the user has no part in it.
    pub async fn keep_suspension(&self, id: AquariumId, user: UserId, is_suspended: bool) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<Access>>| {
            known.and_then(|read| read.value.with_suspension(user, is_suspended)).into()
        };
        let outcome: Outcome<Access> = self.table.update(access_key(id), decide).await?;
        Ok(outcome.is_applied())
    }

    /// Returns the authority of a user over an aquarium; none if it does not exist or the user has no part in it.
    pub async fn scope(&self, user: UserId, id: AquariumId) -> Result<Option<Scope>, StoreError> {
        Ok(self.access(id).await?.and_then(|access| access.value.scope(user)))
    }

    /// Returns an aquarium for a user; none if it does not exist or the user has no part in it. One round trip for the owner,
    /// two for members.
    pub async fn open(&self, user: UserId, id: AquariumId) -> Result<Option<Opened>, StoreError> {
        Ok(self.open_with(user, id, |_| Vec::new()).await?.map(|(opened, _)| opened))
    }

    /// Returns an aquarium for a user, with further items whose keys depend on the owner.
    ///
    /// The first read assumes that the user is the owner. Nothing of it is returned to others, and it touches no other user's
    /// partition.
    pub(super) async fn open_with(
        &self,
        user: UserId,
        id: AquariumId,
        beside: impl Fn(UserId) -> Vec<Key<Aquariums>>,
    ) -> Result<Option<(Opened, Found)>, StoreError> {
        let of = |owner: UserId| std::iter::once(aquarium_key(owner, id)).chain(beside(owner));
        let keys = std::iter::once(access_key(id)).chain(of(user)).collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(id))? else { return Ok(None) };
        let Some(scope) = access.value.scope(user) else { return Ok(None) };
        if scope.owner_id() != user {
            found = self.table.get_many(of(scope.owner_id()).collect(), Read::Strong).await?;
        }
        // An aquarium that was removed between the two reads has no item any more.
        let aquarium = found.take::<Aquarium>(aquarium_key(scope.owner_id(), id))?;
        Ok(aquarium.map(|aquarium| (Opened { scope, access, aquarium }, found)))
    }
}
