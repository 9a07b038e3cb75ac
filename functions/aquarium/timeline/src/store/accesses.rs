//! Copies of the members of aquariums.

use std::collections::BTreeSet;
use std::convert::Infallible;

use contracts::aquariums::AccessChanged;
use dynamo::{Conflict, ConflictRetry, Decision, Entity, Outbox, Read, StoreError, TransactionError, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use types::{AquariumId, UserId};

use super::Store;
use super::keys::{Owned, Shared, access_key};
use crate::domain::access::Access;

/// How many members are listed at the same time.
const MAX_PARALLEL: usize = 10;

impl Store {
    /// Keeps the members of an aquarium. Returns false if something as new is known, or the owner is erased.
    pub async fn keep_access(&self, fact: &AccessChanged, now: Timestamp) -> Result<bool, StoreError> {
        let (mut retry, none) = (ConflictRetry::default(), Outbox::none());
        loop {
            let known = self.table.get::<Access>(access_key(fact.aquarium_id), Read::Strong).await?;
            let Some(next) = Access::after(known.as_ref().map(|known| &known.value), fact) else {
                if let Some(known) = &known {
                    self.unlist(fact, &known.value, now).await?;
                }
                return Ok(false);
            };
            // Before the members are listed: nothing would remove them from an aquarium that is never known here.
            if known.is_none() && self.table.is_forgotten(fact.owner_id).await? {
                return Ok(false);
            }
            // Before the members: an event that comes again after a failure finds the same users.
            self.keep_shares(known.as_ref().map(|known| &known.value), &next, now).await?;
            let transaction = self.table.transaction().unless_forgotten(fact.owner_id);
            let transaction = if let Some(known) = &known {
                transaction.replace(known, &next, &none)
            } else {
                let owned = Owned { owner_id: fact.owner_id, aquarium_id: fact.aquarium_id };
                transaction.create(&next, &none).create(&owned, &none)
            };
            match transaction.commit().await {
                Ok(()) => return Ok(true),
                // The owner's account was deleted.
                Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => return Ok(false),
                Err(TransactionError::Cancelled(_)) => retry.pause().await?,
                Err(TransactionError::Store(error)) => return Err(error),
            }
        }
    }

    /// Marks an aquarium as deleted: from here on no member reads or writes its timeline. Returns false if it was marked before.
    pub async fn close(&self, aquarium: AquariumId, now: Timestamp) -> Result<bool, StoreError> {
        let known = self.table.get::<Access>(access_key(aquarium), Read::Strong).await?;
        self.close_from(aquarium, known, now).await
    }

    /// The same with the access as it was read. Each part of an erasure calls it; only the first one writes.
    pub(super) async fn close_from(
        &self,
        aquarium: AquariumId,
        mut known: Option<Versioned<Access>>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (removed, mut retry) = (Access::removed(aquarium, now.as_second()), ConflictRetry::default());
        loop {
            if known.as_ref().is_some_and(|known| known.value.owner_id.is_none()) {
                return Ok(false);
            }
            self.keep_shares(known.as_ref().map(|known| &known.value), &removed, now).await?;
            let written = match &known {
                Some(read) => self.table.replace(read, removed.clone(), &Outbox::none()).await,
                None => self.table.create(removed.clone(), &Outbox::none()).await,
            };
            match written {
                Ok(_) => return Ok(true),
                Err(Conflict::Item(newer)) => known = newer.map(|newer| *newer),
                Err(Conflict::Store(error)) => return Err(error),
            }
            retry.pause().await?;
        }
    }

    /// Lists the aquarium for each of its members, and no longer for users who were removed. The lists only lead to aquariums:
    /// authority is always read from the access.
    async fn keep_shares(&self, known: Option<&Access>, next: &Access, now: Timestamp) -> Result<(), StoreError> {
        let before = known.into_iter().flat_map(|known| known.members.keys());
        let users: BTreeSet<UserId> = before.chain(next.members.keys()).copied().collect();
        let changes = stream::iter(users).map(|user| {
            let is_member = next.members.contains_key(&user);
            self.keep_share(Shared::new(user, next.aquarium_id, next.revision, is_member, now))
        });
        changes.buffer_unordered(MAX_PARALLEL).try_collect().await
    }

    /// Ends what an event listed that was overtaken by a newer one before it could write the access.
    async fn unlist(&self, fact: &AccessChanged, known: &Access, now: Timestamp) -> Result<(), StoreError> {
        let users = fact.members.iter().map(|member| member.user_id);
        let users: Vec<_> = users.filter(|user| !known.members.contains_key(user)).collect();
        let changes = stream::iter(users)
            .map(|user| self.keep_share(Shared::new(user, known.aquarium_id, known.revision, false, now)));
        changes.buffer_unordered(MAX_PARALLEL).try_collect().await
    }

    async fn keep_share(&self, share: Shared) -> Result<(), StoreError> {
        let (user, key) = (share.user_id, share.key());
        let kept = self.table.update_unless_forgotten::<Shared, Infallible>(user, key, |known| {
            let is_newer = known.is_none_or(|known| known.value.revision < share.revision);
            Decision::from(is_newer.then(|| share.clone()))
        });
        kept.await.map(drop)
    }
}
