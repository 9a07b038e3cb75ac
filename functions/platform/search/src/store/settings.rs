//! What the documents of a collection share: price lists, categories and synonyms. A change of it is a change of the log.

use dynamo::{Entity, Key, Outbox, Read, StoreError, Versioned};
use jiff::Timestamp;
use search_engine::Synonyms;
use serde::{Deserialize, Serialize};

use super::log::{append, commit, head_key, sequence_of};
use super::{LogItem, NotAppended, Search, Store};
use crate::domain::collections::PRODUCTS_NAME;
use crate::domain::log::Subject;
use crate::domain::settings::{Categories, PriceLists};

/// The price lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PriceListsItem {
    /// The lists.
    pub price_lists: PriceLists,
}

/// The categories.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CategoriesItem {
    /// The categories.
    pub categories: Categories,
}

/// The synonyms of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SynonymsItem {
    /// Name of the collection.
    pub collection: String,
    /// The synonyms.
    pub synonyms: Synonyms,
}

impl Entity for PriceListsItem {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        price_lists_key()
    }
}

impl Entity for CategoriesItem {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        categories_key()
    }
}

impl Entity for SynonymsItem {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        synonyms_key(&self.collection)
    }
}

pub(super) fn price_lists_key() -> Key<Search> {
    Key::new("settings", PRODUCTS_NAME, "price-lists")
}

pub(super) fn categories_key() -> Key<Search> {
    Key::new("settings", PRODUCTS_NAME, "categories")
}

fn synonyms_key(collection: &str) -> Key<Search> {
    Key::new("settings", collection, "synonyms")
}

/// An item that was read together with the number of the last change.
type ReadWithLast<E> = (Option<Versioned<E>>, u64);

impl Store {
    /// Returns the price lists and the number of the last change. The read is strongly consistent.
    pub async fn price_lists(&self) -> Result<ReadWithLast<PriceListsItem>, StoreError> {
        self.setting(PRODUCTS_NAME, price_lists_key).await
    }

    /// Returns the categories and the number of the last change. The read is strongly consistent.
    pub async fn categories(&self) -> Result<ReadWithLast<CategoriesItem>, StoreError> {
        self.setting(PRODUCTS_NAME, categories_key).await
    }

    /// Returns synonyms and the number of the last change. The read is strongly consistent.
    pub async fn synonyms_and_last(&self, collection: &str) -> Result<ReadWithLast<SynonymsItem>, StoreError> {
        self.setting(collection, || synonyms_key(collection)).await
    }

    /// Returns synonyms. The read is strongly consistent.
    pub async fn synonyms(&self, collection: &str) -> Result<Option<Versioned<SynonymsItem>>, StoreError> {
        self.table.get(synonyms_key(collection), Read::Strong).await
    }

    async fn setting<E: Entity<Context = Search>>(
        &self,
        collection: &str,
        key: impl Fn() -> Key<Search>,
    ) -> Result<ReadWithLast<E>, StoreError> {
        let mut found = self.table.get_many(vec![key(), head_key(collection)], Read::Strong).await?;
        let last = sequence_of(found.take::<LogItem>(head_key(collection))?);
        Ok((found.take(key())?, last))
    }

    /// Writes an item that documents share, with the change in the log that the events belong to.
    pub async fn write_setting<E: Entity<Context = Search>>(
        &self,
        (read, last): (Option<&Versioned<E>>, u64),
        next: &E,
        (collection, subject): (&str, Subject),
        at: Timestamp,
        outbox: &Outbox,
    ) -> Result<(), NotAppended> {
        let transaction = match read {
            Some(read) => self.table.transaction().replace(read, next, &Outbox::none()),
            None => self.table.transaction().create(next, &Outbox::none()),
        };
        commit(append(transaction, (collection, last), subject, at, outbox)).await
    }
}
