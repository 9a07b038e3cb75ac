//! Entries of variants: what is known of a variant by its ID, and which bundles have it.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{Key, Outbox, Read, StoreError, Transaction, Versioned};
use types::{ProductId, VariantId};

use super::{Catalog, Store, product_key};
use crate::domain::bundle::{EntryChange, VariantEntries, VariantEntry};
use crate::domain::product::Product;

/// Entries of variants as they were read: `None` for a variant that does not exist.
#[derive(Debug, Clone, Default)]
pub struct ReadEntries(BTreeMap<VariantId, Option<Versioned<VariantEntry>>>);

impl ReadEntries {
    /// Returns the entries of those that exist.
    pub fn existing(&self) -> VariantEntries {
        self.0.iter().filter_map(|(id, read)| Some((*id, read.as_ref()?.value.clone()))).collect()
    }

    /// Entries of variants that are known not to exist.
    pub fn absent(variants: impl IntoIterator<Item = VariantId>) -> Self {
        Self(variants.into_iter().map(|id| (id, None)).collect())
    }

    fn missing(&self, wanted: &BTreeSet<VariantId>) -> Vec<VariantId> {
        wanted.iter().filter(|id| !self.0.contains_key(id)).copied().collect()
    }

    fn read(&self, id: VariantId) -> Option<&Versioned<VariantEntry>> {
        self.0.get(&id)?.as_ref()
    }
}

impl Store {
    /// Reads a product and the entries of variants, at most 99, in one round trip.
    pub async fn product_and_entries(
        &self,
        id: ProductId,
        wanted: &BTreeSet<VariantId>,
    ) -> Result<(Option<Versioned<Product>>, ReadEntries), StoreError> {
        let keys = wanted.iter().map(|variant| entry_key(*variant)).chain([product_key(id)]).collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let product = found.take(product_key(id))?;
        let entries = wanted.iter().map(|variant| Ok((*variant, found.take(entry_key(*variant))?)));
        Ok((product, ReadEntries(entries.collect::<Result<_, StoreError>>()?)))
    }

    /// Reads the entries of variants that were not read yet, without a call if there are none.
    pub async fn add_entries(&self, entries: &mut ReadEntries, wanted: &BTreeSet<VariantId>) -> Result<(), StoreError> {
        let missing = entries.missing(wanted);
        for part in missing.chunks(ENTRIES_PER_BATCH) {
            let keys = part.iter().map(|variant| entry_key(*variant)).collect();
            let mut found = self.table.get_many(keys, Read::Strong).await?;
            for variant in part {
                entries.0.insert(*variant, found.take(entry_key(*variant))?);
            }
        }
        Ok(())
    }

    /// Reads the entry of a variant.
    pub async fn entry(&self, id: VariantId, read: Read) -> Result<Option<Versioned<VariantEntry>>, StoreError> {
        self.table.get(entry_key(id), read).await
    }
}

/// Number of items that are read at once.
const ENTRIES_PER_BATCH: usize = 100;

/// Adds what becomes of entries. They were read.
pub(super) fn follow(
    transaction: Transaction<Catalog>,
    changes: &[EntryChange],
    entries: &ReadEntries,
) -> Transaction<Catalog> {
    changes.iter().fold(transaction, |transaction, change| match change {
        EntryChange::Write(entry) => match entries.read(entry.variant_id) {
            Some(read) => transaction.replace(read, entry, &Outbox::none()),
            None => transaction.create(entry, &Outbox::none()),
        },
        EntryChange::Delete(id) => entries.read(*id).into_iter().fold(transaction, Transaction::delete),
        EntryChange::Keep(id) => entries.read(*id).into_iter().fold(transaction, Transaction::unchanged),
    })
}

pub(super) fn entry_key(id: VariantId) -> Key<Catalog> {
    Key::new("variant", id, "entry")
}
