//! Facts of aquariums, with what they add to figures and lists.

use dynamo::{Conflict, ConflictRetry, Outbox, Read, StoreError, Transaction, TransactionError, Versioned, is_written};
use types::AquariumId;

use super::{Screens, Store, facts_key, listing_key, shard_key};
use crate::domain::facts::Facts;
use crate::domain::figures::{Contribution, ListName, Listing, Shard, shard_of};

/// Facts after a merge.
#[derive(Debug)]
pub struct Merged {
    /// The facts as they are in the table.
    pub facts: Versioned<Facts>,
    /// Whether the merge changed them.
    pub is_changed: bool,
}

/// The items that an event about an aquarium may change, as they were read.
struct Known {
    facts: Option<Versioned<Facts>>,
    shard: Option<Versioned<Shard>>,
    listings: [(ListName, Option<Versioned<Listing>>); 2],
}

impl Store {
    /// Merges events into the facts of an aquarium, with figures and lists in the same transaction. None if nothing is known of the
    /// aquarium and `decide` adds nothing.
    pub async fn merge(&self, id: AquariumId, decide: impl Fn(Facts) -> Facts) -> Result<Option<Merged>, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let known = self.known(id).await?;
            let before = known.facts.as_ref().map_or_else(|| Facts::nothing(id), |facts| facts.value.clone());
            let next = decide(before.clone());
            if next == before {
                return Ok(known.facts.map(|facts| Merged { facts, is_changed: false }));
            }
            if let Some(facts) = self.write(id, known, &before, next).await? {
                return Ok(Some(Merged { facts, is_changed: true }));
            }
            retry.pause().await?;
        }
    }

    /// Reads the facts of an aquarium.
    pub async fn facts(&self, id: AquariumId) -> Result<Option<Versioned<Facts>>, StoreError> {
        self.table.get(facts_key(id), Read::Strong).await
    }

    /// Writes that the homes of users who lost access are written. False if the facts changed meanwhile.
    pub async fn settle(&self, read: &Versioned<Facts>) -> Result<bool, StoreError> {
        is_written(self.table.replace(read, read.value.settled(), &Outbox::none()).await)
    }

    async fn known(&self, id: AquariumId) -> Result<Known, StoreError> {
        let (all, alarmed) = (ListName::All, ListName::Alarmed);
        let shard = shard_of(id);
        let keys = vec![facts_key(id), shard_key(shard), listing_key(id, all), listing_key(id, alarmed)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        Ok(Known {
            facts: found.take(facts_key(id))?,
            shard: found.take(shard_key(shard))?,
            listings: [(all, found.take(listing_key(id, all))?), (alarmed, found.take(listing_key(id, alarmed))?)],
        })
    }

    /// None if an item is not as it was read.
    async fn write(
        &self,
        id: AquariumId,
        known: Known,
        before: &Facts,
        next: Facts,
    ) -> Result<Option<Versioned<Facts>>, StoreError> {
        let (was, is) = (Contribution::of(before), Contribution::of(&next));
        let none = Outbox::none();
        if was == is && before.counted_at == next.counted_at {
            let written = match &known.facts {
                Some(facts) => self.table.replace(facts, next, &none).await,
                None => self.table.create(next, &none).await,
            };
            return match written {
                Ok(written) => Ok(Some(written)),
                Err(Conflict::Item(_)) => Ok(None),
                Err(Conflict::Store(error)) => Err(error),
            };
        }
        let mut transaction = match &known.facts {
            Some(facts) => self.table.transaction().replace(facts, &next, &none),
            None => self.table.transaction().create(&next, &none),
        };
        let shard = known.shard.as_ref().map_or_else(|| Shard::empty(shard_of(id)), |shard| shard.value.clone());
        let shard = shard.after(was.as_ref(), is.as_ref(), next.counted_at);
        transaction = match &known.shard {
            Some(read) if read.value == shard => transaction,
            Some(read) => transaction.replace(read, &shard, &none),
            None => transaction.create(&shard, &none),
        };
        for (list, read) in &known.listings {
            transaction = list_in(transaction, read.as_ref(), Listing::of(*list, id, is.as_ref()).as_ref());
        }
        match Box::pin(transaction.commit()).await {
            Ok(()) => Ok(Some(match &known.facts {
                Some(facts) => facts.successor(next),
                None => Versioned::new(next, 1),
            })),
            Err(TransactionError::Cancelled(_)) => Ok(None),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }
}

/// Adds: the entry of an aquarium in a list is as it is to be. The version of the facts guards the entries too.
fn list_in(
    transaction: Transaction<Screens>,
    read: Option<&Versioned<Listing>>,
    next: Option<&Listing>,
) -> Transaction<Screens> {
    match (read, next) {
        (None, Some(next)) => transaction.create(next, &Outbox::none()),
        (Some(read), Some(next)) if read.value != *next => transaction.replace(read, next, &Outbox::none()),
        (Some(read), None) => transaction.delete(read),
        (Some(_), Some(_)) | (None, None) => transaction,
    }
}
