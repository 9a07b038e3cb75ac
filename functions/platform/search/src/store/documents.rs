//! Documents of products, and the variants that they belong to.

use std::collections::BTreeMap;

use dynamo::{Entity, Key, MAX_BATCH_ITEMS, Outbox, Read, StoreError, Transaction, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use types::{ProductId, VariantId};

use super::log::{append, commit, head_key, sequence_of};
use super::settings::{categories_key, price_lists_key};
use super::{CategoriesItem, LogItem, NotAppended, PriceListsItem, Search, Store};
use crate::domain::collections::PRODUCTS_NAME;
use crate::domain::log::Subject;
use crate::domain::product::{ProductDocument, VariantEntry};
use crate::domain::settings::Settings;

/// Number of partitions that documents are spread over, so that a build reads them side by side. Keys depend on it: it never
/// changes.
pub const PARTS: u8 = 64;
/// Prefix of the sort keys of documents.
const DOCUMENT_PREFIX: &str = "document#";
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
    part_key(product_id.uuid().as_bytes()[15] % PARTS, format!("{DOCUMENT_PREFIX}{product_id}"))
}

fn part_key(part: u8, sort: impl Into<String>) -> Key<Search> {
    Key::new("documents", format!("{PRODUCTS_NAME}#{part:02x}"), sort)
}

fn variant_key(variant_id: VariantId) -> Key<Search> {
    Key::new("variant", variant_id, "entry")
}

/// What is read before a document is changed.
#[derive(Debug, Clone)]
pub struct DocumentRead {
    /// The document, if there is one.
    pub document: Option<Versioned<ProductDocument>>,
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
pub struct DocumentWrite<'a> {
    /// The document.
    pub next: &'a ProductDocument,
    /// True if searches see the change: then the log gets a change, which the outbox belongs to.
    pub is_visible: bool,
    /// The events of the change.
    pub outbox: &'a Outbox,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Returns a document and the number of the last change. The read is strongly consistent.
    pub async fn document(&self, product_id: ProductId) -> Result<DocumentRead, StoreError> {
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
    pub async fn write_document(
        &self,
        read: &DocumentRead,
        write: DocumentWrite<'_>,
        variant: Option<(&VariantRead, &VariantEntry)>,
    ) -> Result<(), NotAppended> {
        let mut transaction = match &read.document {
            Some(document) => self.table.transaction().replace(document, write.next, &Outbox::none()),
            None => self.table.transaction().create(write.next, &Outbox::none()),
        };
        if write.is_visible {
            let subject = Subject::Document(write.next.product_id.to_string());
            transaction = append(transaction, (PRODUCTS_NAME, read.last), subject, write.at, write.outbox);
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

    /// Returns the documents of a partition, whole. The reads are strongly consistent.
    pub async fn documents_of_part(&self, part: u8) -> Result<Vec<Versioned<ProductDocument>>, StoreError> {
        let (mut documents, mut cursor) = (Vec::new(), None);
        for _ in 0..MAX_PAGES {
            let page = self.table.list_strong(part_key(part, DOCUMENT_PREFIX), false, PAGE_DOCUMENTS, cursor).await?;
            documents.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(documents);
            }
        }
        Err(StoreError::Refused(format!("a partition of documents has more than {MAX_PAGES} pages")))
    }

    /// Returns documents by their IDs, and what they share. The reads are strongly consistent.
    pub async fn documents(
        &self,
        ids: Vec<ProductId>,
    ) -> Result<(Vec<Versioned<ProductDocument>>, Settings), StoreError> {
        let mut documents = BTreeMap::new();
        let batches: Vec<Vec<ProductId>> = ids.chunks(MAX_BATCH_ITEMS).map(<[ProductId]>::to_vec).collect();
        let reads = stream::iter(batches).map(async |ids| {
            let keys = ids.into_iter().map(document_key).collect();
            self.table.get_many(keys, Read::Strong).await?.into_all::<ProductDocument>()
        });
        let (read, settings) =
            futures::join!(reads.buffer_unordered(MAX_PARALLEL).try_collect::<Vec<_>>(), self.settings());
        for document in read?.into_iter().flatten() {
            documents.insert(document.value.product_id, document);
        }
        Ok((documents.into_values().collect(), settings?))
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
