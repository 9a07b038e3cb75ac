//! Documents of collections; those of products, and the variants that they belong to.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{Entity, Key, MAX_BATCH_ITEMS, Outbox, Read, StoreError, Transaction, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use search_engine::Change;
use types::{ProductId, VariantId};

use super::log::{append, commit, head_key, sequence_of};
use super::settings::{categories_key, price_lists_key};
use super::{CategoriesItem, LogItem, NotAppended, PriceListsItem, Search, Store};
use crate::domain::assemble;
use crate::domain::collections::{Declaration, Kind, PRODUCTS_NAME};
use crate::domain::log::Subject;
use crate::domain::plain::PlainDocument;
use crate::domain::product::{ProductDocument, VariantEntry};
use crate::domain::settings::Settings;

/// Number of partitions that documents are spread over, so that a build reads them side by side. Keys depend on it: it never
/// changes.
pub const PARTS: u8 = 64;
/// Prefix of the sort keys of documents.
pub(super) const DOCUMENT_PREFIX: &str = "document#";
/// Documents of a page: at most 1 MB are read, however many that are.
const PAGE_DOCUMENTS: u32 = 1_000;
/// Pages of a partition: 64 of them have more than a million documents.
const MAX_PAGES: usize = 1_000;
/// Number of batches that are read at the same time.
const MAX_PARALLEL: usize = 8;

impl Entity for ProductDocument {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        document_key(self.product_id)
    }
}

impl Entity for VariantEntry {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        variant_key(self.variant_id)
    }
}

fn document_key(product_id: ProductId) -> Key<Search> {
    part_key(PRODUCTS_NAME, product_id.uuid().as_bytes()[15] % PARTS, format!("{DOCUMENT_PREFIX}{product_id}"))
}

pub(super) fn part_key(collection: &str, part: u8, sort: impl Into<String>) -> Key<Search> {
    Key::new("documents", format!("{collection}#{part:02x}"), sort)
}

fn variant_key(variant_id: VariantId) -> Key<Search> {
    Key::new("variant", variant_id, "entry")
}

/// What is read before a document is changed.
#[derive(Debug, Clone)]
pub struct DocumentRead<D> {
    /// The document, if there is one.
    pub document: Option<Versioned<D>>,
    /// Number of the last change of the log.
    pub last: u64,
}

/// What is read before a variant is changed.
#[derive(Debug, Clone)]
pub struct VariantRead {
    /// The variant.
    pub variant_id: VariantId,
    /// Its entry, if there is one.
    pub entry: Option<Versioned<VariantEntry>>,
}

impl VariantRead {
    /// Returns the product of the variant, if it is known.
    pub fn product_id(&self) -> Option<ProductId> {
        self.entry.as_ref()?.value.product_id
    }

    fn put(&self, transaction: Transaction<Search>, next: &VariantEntry) -> Transaction<Search> {
        match &self.entry {
            Some(read) => transaction.replace(read, next, &Outbox::none()),
            None => transaction.create(next, &Outbox::none()),
        }
    }
}

/// A document to write.
#[derive(Debug)]
pub struct DocumentWrite<'a, D> {
    /// The document.
    pub next: &'a D,
    /// The change in the log of a collection, which the outbox belongs to; none if searches do not see it.
    pub change: Option<(&'a str, Subject)>,
    /// The events of the change.
    pub outbox: &'a Outbox,
    /// When.
    pub at: Timestamp,
}

/// Documents of a collection, as they are stored.
#[derive(Debug)]
pub enum StoredDocuments {
    /// Products.
    Products(Vec<Versioned<ProductDocument>>),
    /// Documents with one source.
    Plain(Vec<Versioned<PlainDocument>>),
}

impl StoredDocuments {
    /// Returns the changes of the index that make it show the documents, one after the other.
    pub fn changes<'a>(&'a self, settings: &'a Settings) -> Box<dyn Iterator<Item = Change> + 'a> {
        match self {
            Self::Products(documents) => {
                Box::new(documents.iter().map(|read| assemble::change(&read.value, read.version, settings)))
            }
            Self::Plain(documents) => Box::new(documents.iter().map(|read| read.value.change(read.version))),
        }
    }
}

impl Store {
    /// Returns a document and the number of the last change. The read is strongly consistent.
    pub async fn document(&self, product_id: ProductId) -> Result<DocumentRead<ProductDocument>, StoreError> {
        let keys = vec![document_key(product_id), head_key(PRODUCTS_NAME)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let last = sequence_of(found.take::<LogItem>(head_key(PRODUCTS_NAME))?);
        Ok(DocumentRead { document: found.take(document_key(product_id))?, last })
    }

    /// Returns a variant. The read is strongly consistent.
    pub async fn variant(&self, variant_id: VariantId) -> Result<VariantRead, StoreError> {
        let entry = self.table.get(variant_key(variant_id), Read::Strong).await?;
        Ok(VariantRead { variant_id, entry })
    }

    /// Writes a document, its change in the log, and the entry of a variant, all or nothing.
    pub async fn write_document<D: Entity<Context = Search>>(
        &self,
        read: &DocumentRead<D>,
        write: DocumentWrite<'_, D>,
        variant: Option<(&VariantRead, &VariantEntry)>,
    ) -> Result<(), NotAppended> {
        let mut transaction = match &read.document {
            Some(document) => self.table.transaction().replace(document, write.next, &Outbox::none()),
            None => self.table.transaction().create(write.next, &Outbox::none()),
        };
        if let Some((collection, subject)) = write.change {
            transaction = append(transaction, (collection, read.last), subject, write.at, write.outbox);
        }
        if let Some((read, next)) = variant {
            transaction = read.put(transaction, next);
        }
        commit(transaction).await
    }

    /// Writes the entry of a variant.
    pub async fn write_variant(&self, read: &VariantRead, next: &VariantEntry) -> Result<(), NotAppended> {
        commit(read.put(self.table.transaction(), next)).await
    }

    /// Returns the documents of a partition of a collection, whole. The reads are strongly consistent.
    pub async fn documents_of_part(&self, collection: &Declaration, part: u8) -> Result<StoredDocuments, StoreError> {
        match collection.kind {
            Kind::Products => Ok(StoredDocuments::Products(self.all_of_part(collection.name(), part).await?)),
            Kind::Species | Kind::Guides => {
                Ok(StoredDocuments::Plain(self.all_of_part(collection.name(), part).await?))
            }
        }
    }

    async fn all_of_part<D: Entity<Context = Search>>(
        &self,
        collection: &str,
        part: u8,
    ) -> Result<Vec<Versioned<D>>, StoreError> {
        let prefix = part_key(collection, part, DOCUMENT_PREFIX);
        let pages = self.table.list_pages::<D>(&prefix, PAGE_DOCUMENTS, MAX_PAGES, Read::Strong).await?;
        if pages.more {
            return Err(StoreError::Refused(format!("a partition of documents has more than {MAX_PAGES} pages")));
        }
        Ok(pages.items)
    }

    /// Returns documents of a collection by their IDs, and what they share. The reads are strongly consistent.
    pub async fn changed_documents(
        &self,
        collection: &Declaration,
        ids: &BTreeSet<String>,
    ) -> Result<(StoredDocuments, Settings), StoreError> {
        match collection.kind {
            Kind::Products => {
                let ids = ids.iter().filter_map(|id| id.parse().ok()).collect();
                let (documents, settings) = self.documents(ids).await?;
                Ok((StoredDocuments::Products(documents), settings))
            }
            Kind::Species | Kind::Guides => {
                let documents = self.plain_documents(collection.name(), ids).await?;
                Ok((StoredDocuments::Plain(documents), Settings::default()))
            }
        }
    }

    /// Returns products by their IDs, and what they share. The reads are strongly consistent.
    pub async fn documents(
        &self,
        ids: Vec<ProductId>,
    ) -> Result<(Vec<Versioned<ProductDocument>>, Settings), StoreError> {
        let mut documents = BTreeMap::new();
        let keys = ids.into_iter().map(document_key).collect();
        let (read, settings) = futures::join!(self.in_batches::<ProductDocument>(keys), self.settings());
        for document in read? {
            documents.insert(document.value.product_id, document);
        }
        Ok((documents.into_values().collect(), settings?))
    }

    /// Returns documents by their keys, in any order. The reads are strongly consistent.
    pub(super) async fn in_batches<D: Entity<Context = Search>>(
        &self,
        keys: Vec<Key<Search>>,
    ) -> Result<Vec<Versioned<D>>, StoreError> {
        let (mut batches, mut keys) = (Vec::new(), keys.into_iter());
        while keys.len() > 0 {
            batches.push(keys.by_ref().take(MAX_BATCH_ITEMS).collect::<Vec<_>>());
        }
        let reads =
            stream::iter(batches).map(async |keys| self.table.get_many(keys, Read::Strong).await?.into_all::<D>());
        let read: Vec<Vec<Versioned<D>>> = reads.buffer_unordered(MAX_PARALLEL).try_collect().await?;
        Ok(read.into_iter().flatten().collect())
    }

    /// Returns what documents share. The read is strongly consistent.
    pub async fn settings(&self) -> Result<Settings, StoreError> {
        let mut found = self.table.get_many(vec![price_lists_key(), categories_key()], Read::Strong).await?;
        let price_lists = found.take::<PriceListsItem>(price_lists_key())?;
        let categories = found.take::<CategoriesItem>(categories_key())?;
        Ok(Settings {
            price_lists: price_lists.map(|item| item.value.price_lists).unwrap_or_default(),
            categories: categories.map(|item| item.value.categories).unwrap_or_default(),
        })
    }
}
