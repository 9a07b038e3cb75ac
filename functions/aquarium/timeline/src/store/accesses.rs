//! Copies of the members of aquariums.

use contracts::aquariums::AccessChanged;
use dynamo::{ConflictRetry, Decision, Outbox, Outcome, Read, StoreError, TransactionError};
use jiff::Timestamp;
use types::AquariumId;

use super::Store;
use super::keys::{Owned, access_key};
use crate::domain::access::Access;

impl Store {
    /// Keeps the members of an aquarium. Returns false if something as new is known, or the owner is erased.
    pub async fn keep_access(&self, fact: &AccessChanged) -> Result<bool, StoreError> {
        let (mut retry, none) = (ConflictRetry::default(), Outbox::none());
        loop {
            let known = self.table.get::<Access>(access_key(fact.aquarium_id), Read::Strong).await?;
            let Some(next) = Access::after(known.as_ref().map(|known| &known.value), fact) else { return Ok(false) };
            let transaction = self.table.transaction().unless_forgotten(fact.owner_id);
            let transaction = if let Some(known) = &known {
                transaction.replace(known, &next, &none)
            } else {
                let owned = Owned { owner_id: fact.owner_id, aquarium_id: fact.aquarium_id };
                transaction.create(&next, &none).create(&owned, &none)
            };
            match transaction.commit().await {
                Ok(()) => return Ok(true),
                Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => return Ok(false),
                Err(TransactionError::Cancelled(_)) => retry.pause().await?,
                Err(TransactionError::Store(error)) => return Err(error),
            }
        }
    }

    /// Marks an aquarium as deleted: from here on nobody reads or writes its timeline. Returns false if it was marked before.
    pub async fn close(&self, aquarium: AquariumId, now: Timestamp) -> Result<bool, StoreError> {
        let closed = self.table.update::<Access, std::convert::Infallible>(access_key(aquarium), |known| {
            let is_closed = known.is_some_and(|known| known.value.owner_id.is_none());
            let removed = Access::removed(aquarium, now.as_second());
            if is_closed { Decision::Keep } else { Decision::Write(removed, Outbox::none()) }
        });
        Ok(matches!(closed.await?, Outcome::Applied(_)))
    }
}
