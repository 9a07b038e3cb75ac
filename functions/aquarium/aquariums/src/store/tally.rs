//! How much an aquarium has of what is limited.

use dynamo::{Entity, Key, Read, StoreError, Transaction};
use serde::{Deserialize, Serialize};
use types::AquariumId;

use super::{Aquariums, Store};
use crate::domain::access::Scope;

/// Counts of an aquarium. Transactions count them within their limits, so requests of several members do not conflict.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Tally {
    aquarium_id: AquariumId,
}

/// What is counted: the name of the attribute, and the limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub(super) attribute: &'static str,
    pub(super) max: u32,
}

impl Entity for Tally {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        tally_key(self.aquarium_id)
    }
}

fn tally_key(id: AquariumId) -> Key<Aquariums> {
    Key::new("aquarium", id, "tally")
}

impl Counted {
    /// Adds one to the count in a transaction, which is cancelled at the limit.
    pub(super) fn add_in(self, transaction: Transaction<Aquariums>, scope: &Scope) -> Transaction<Aquariums> {
        let tally = Tally { aquarium_id: scope.aquarium_id() };
        transaction.count(&tally, self.attribute, 1, 0..=i64::from(self.max))
    }

    /// Subtracts one from the count in a transaction.
    pub(super) fn subtract_in(self, transaction: Transaction<Aquariums>, scope: &Scope) -> Transaction<Aquariums> {
        let tally = Tally { aquarium_id: scope.aquarium_id() };
        transaction.count(&tally, self.attribute, -1, 0..=i64::MAX)
    }
}

impl Store {
    /// Deletes the counts of a removed aquarium, and returns how many items that were.
    pub(super) async fn purge_tally(&self, id: AquariumId) -> Result<usize, StoreError> {
        match self.table.get::<Tally>(tally_key(id), Read::Strong).await? {
            Some(read) => self.table.remove(read).await.map(usize::from),
            None => Ok(0),
        }
    }
}
