//! Species and the entries that they are found by.

use std::collections::BTreeMap;

use contracts::knowledge::{SpeciesKind, SpeciesWater};
use dynamo::{Cursor, Entity, IndexKey, Outbox, Page, Read, StoreError, Transaction, TransactionError, Versioned};

use super::{Knowledge, LISTED, Store, entries_key, species_key, word_index};
use crate::domain::entry::{MAX_WORDS, NameQuery, SpeciesEntry, entries};
use crate::domain::species::Species;
use crate::domain::species_id::SpeciesId;

/// Number of entries that a search reads for each hit of a page: entries of further words of the same species, and of species that a
/// filter leaves out.
const ENTRIES_PER_HIT: u32 = 3;
/// Maximum number of entries that a search reads.
const MAX_SEARCHED_ENTRIES: u32 = 200;

/// A species with its entries, as a change needs them.
#[derive(Debug, Clone)]
pub struct SpeciesRead {
    /// The species, if there is one.
    pub species: Option<Versioned<Species>>,
    entries: Vec<Versioned<SpeciesEntry>>,
}

/// A change of a species.
#[derive(Debug)]
pub struct SpeciesWrite<'a> {
    /// What was read.
    pub read: &'a SpeciesRead,
    /// The species from now on.
    pub next: &'a Species,
    /// The events of the change.
    pub outbox: Outbox,
}

/// Reason why a change was not written.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// Something changed since it was read. Read it again.
    #[error("the species changed since it was read")]
    Conflict,
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Returns a species.
    pub async fn species(&self, id: &SpeciesId, read: Read) -> Result<Option<Versioned<Species>>, StoreError> {
        self.table.get(species_key(id), read).await
    }

    /// Returns up to 100 species, in one round trip.
    pub async fn many(&self, ids: &[SpeciesId], read: Read) -> Result<BTreeMap<SpeciesId, Species>, StoreError> {
        let keys = ids.iter().map(species_key).collect();
        let found = self.table.get_many(keys, read).await?;
        let species = found.into_all::<Species>()?.into_iter().map(|read| (read.value.id.clone(), read.value));
        Ok(species.collect())
    }

    /// Returns a species with its entries, in one round trip. The read is strongly consistent.
    pub async fn to_change(&self, id: &SpeciesId) -> Result<SpeciesRead, StoreError> {
        let limit = u32::try_from(MAX_WORDS).unwrap_or(u32::MAX).saturating_add(1);
        let (species, entries) = futures::join!(
            Box::pin(self.species(id, Read::Strong)),
            Box::pin(self.table.list_strong::<SpeciesEntry>(entries_key(id), false, limit, None)),
        );
        Ok(SpeciesRead { species: species?, entries: entries?.items })
    }

    /// Writes changes of species, each with its entries and events, all or none.
    pub async fn write(&self, changes: &[SpeciesWrite<'_>]) -> Result<(), NotWritten> {
        let transaction = changes.iter().fold(self.table.transaction(), changed);
        match transaction.commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Cancelled(_)) => Err(NotWritten::Conflict),
            Err(TransactionError::Store(error)) => Err(error.into()),
        }
    }

    /// Returns a page of the species that a search finds, in one query. A page can have fewer hits than it may, even none, and still be
    /// followed by another one.
    pub async fn search(
        &self,
        query: &NameQuery,
        fits: impl Fn(&SpeciesEntry) -> bool,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<SpeciesEntry>, StoreError> {
        let read = limit.saturating_mul(ENTRIES_PER_HIT).min(MAX_SEARCHED_ENTRIES).max(limit);
        let prefix = word_index(&query.lookup, query.lookup.clone());
        let Page { mut items, mut next } = self.table.list_index::<SpeciesEntry>(prefix, false, read, after).await?;
        items.retain(|entry| query.finds(&entry.value) && fits(&entry.value));
        let limit = limit as usize;
        if items.len() > limit {
            items.truncate(limit);
            next = items.last().and_then(|last| last.value.index()).map(|key| key.cursor());
        }
        Ok(Page { items, next })
    }

    /// Returns a page of the species of a kind, ordered by water and scientific name.
    pub async fn of_kind(
        &self,
        kind: SpeciesKind,
        water: Option<SpeciesWater>,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<SpeciesEntry>, StoreError> {
        let prefix = water.map_or_else(|| LISTED.to_owned(), |water| format!("{LISTED}{}#", water_name(water)));
        self.table.list_index(IndexKey::new("kind", kind_name(kind), prefix), false, limit, after).await
    }
}

/// Adds the writes of a change.
pub(super) fn changed(transaction: Transaction<Knowledge>, change: &SpeciesWrite<'_>) -> Transaction<Knowledge> {
    let SpeciesWrite { read, next, outbox } = change;
    let transaction = match &read.species {
        Some(species) => transaction.replace(species, *next, outbox),
        None => transaction.create(*next, outbox),
    };
    let mut wanted: BTreeMap<_, _> = entries(next).into_iter().map(|entry| (entry.word.clone(), entry)).collect();
    let transaction =
        read.entries.iter().fold(transaction, |transaction, known| match wanted.remove(&known.value.word) {
            None => transaction.delete(known),
            Some(entry) if entry == known.value => transaction,
            Some(entry) => transaction.replace(known, &entry, &Outbox::none()),
        });
    wanted.values().fold(transaction, |transaction, entry| transaction.create(entry, &Outbox::none()))
}

/// The name of a kind in keys.
pub(super) const fn kind_name(kind: SpeciesKind) -> &'static str {
    match kind {
        SpeciesKind::Fish => "fish",
        SpeciesKind::Invertebrate => "invertebrate",
        SpeciesKind::Coral => "coral",
        SpeciesKind::Plant => "plant",
    }
}

/// The name of a water in keys.
pub(super) const fn water_name(water: SpeciesWater) -> &'static str {
    match water {
        SpeciesWater::Fresh => "fresh",
        SpeciesWater::Brackish => "brackish",
        SpeciesWater::Marine => "marine",
    }
}
