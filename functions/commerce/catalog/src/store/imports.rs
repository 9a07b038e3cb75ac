//! What rows of imports read and write.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{Cancelled, Key, MAX_TRANSACTION_WRITES, Outbox, Read, StoreError, Transaction, Versioned, refused};
use futures::{StreamExt, TryStreamExt, stream};
use kit::jobs::{Import, ImportKind, JobKind, Jobs};
use serde_json::{Map, Value};
use types::{MediaId, ProductId, UserId, VariantId};

use super::entries::{self, ReadEntries};
use super::prices::price_key;
use super::products::{claimed, existing, list};
use super::{Catalog, PriceWrite, Store, media, product_key, slug_key};
use crate::domain::bundle::{self, BundleError};
use crate::domain::claims::{SkuClaim, SlugClaim};
use crate::domain::export::ExportPlace;
use crate::domain::listing;
use crate::domain::media::Medium;
use crate::domain::names::{Sku, Slug};
use crate::domain::price::Price;
use crate::domain::product::Product;
use crate::domain::rows::ProductRow;
use crate::domain::variant::Variant;

/// Number of items that one call reads.
const KEYS_PER_BATCH: usize = dynamo::MAX_BATCH_ITEMS;

/// Number of calls that read at the same time.
pub(super) const MAX_PARALLEL_READS: usize = 8;

/// The import of a catalog.
#[derive(Debug, Clone)]
pub struct CatalogImport;

impl ImportKind for CatalogImport {
    type Context = Catalog;

    const NAME: &'static str = "import";
    const PREFIX: &'static str = "imports";
    const MAX_BYTES: u64 = 100 * 1024 * 1024;
    const MAX_ROWS: u64 = 500_000;
    /// More than a line of 50 variants with ten tiers in each of 50 price lists.
    const MAX_ROW_BYTES: u64 = 2 * 1024 * 1024;

    /// Adjacent rows of a product belong together.
    fn group(fields: &Map<String, Value>) -> Option<String> {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        text("id").or_else(|| text("slug")).map(ToOwned::to_owned)
    }
}

/// The export of a catalog.
#[derive(Debug, Clone)]
pub struct CatalogExport;

impl JobKind for CatalogExport {
    type Context = Catalog;
    type Work = ExportPlace;

    const NAME: &'static str = "export";
    const PREFIX: &'static str = "exports";
    const CONTENT_TYPE: &'static str = "application/x-ndjson";
    const FILE_NAME: &'static str = "catalog.jsonl";

    fn content_type(work: &ExportPlace) -> &'static str {
        work.format.content_type()
    }

    fn file_name(work: &ExportPlace) -> &'static str {
        match work.format {
            kit::jobs::Format::JsonLines => Self::FILE_NAME,
            kit::jobs::Format::Csv => "catalog.csv",
        }
    }
}

/// What a row is about.
#[derive(Debug, Clone, Copy)]
pub struct RowSubject<'a> {
    /// The row.
    pub row: &'a ProductRow,
    /// The ID of the product that the row creates if there is none, unless the row names an ID.
    pub new_id: ProductId,
    /// The user who imports.
    pub importer: UserId,
}

/// What a row is decided on.
#[derive(Debug)]
pub struct RowRead {
    /// ID of the product, whether or not it exists.
    pub id: ProductId,
    /// The product.
    pub product: Option<Versioned<Product>>,
    /// The prices that the row names, as far as they are there.
    pub prices: BTreeMap<(VariantId, Slug), Versioned<Price>>,
    /// The pictures that the row names, as far as they are the importing user's.
    pub media: Vec<Medium>,
    claim: Option<Versioned<SlugClaim>>,
}

/// What several rows are decided on.
#[derive(Debug, Default)]
pub struct ManyRead {
    claims: BTreeMap<Slug, Option<Versioned<SlugClaim>>>,
    products: BTreeMap<ProductId, Option<Versioned<Product>>>,
    prices: BTreeMap<(VariantId, Slug), Versioned<Price>>,
    media: Vec<Medium>,
}

impl ManyRead {
    /// The product that has or had the slug of a row which names no ID.
    fn claimed(&self, row: &ProductRow) -> Option<ProductId> {
        let claim = self.claims.get(&row.product.slug).filter(|_| row.product.id.is_none())?;
        claim.as_ref().map(|claim| claim.value.product_id)
    }

    fn add_prices(&mut self, found: &mut Taker, wanted: BTreeSet<(VariantId, &Slug)>) -> Result<(), StoreError> {
        for (variant, list) in wanted {
            let price = found.item::<Price>(|| price_key(variant, list))?;
            self.prices.extend(price.map(|price| ((variant, list.clone()), price)));
        }
        Ok(())
    }

    /// What one of the rows is decided on; none if it was not read.
    pub fn of(&self, subject: RowSubject<'_>) -> Option<RowRead> {
        let row = subject.row;
        let claim = self.claims.get(&row.product.slug)?.clone();
        let named = row.product.id.or_else(|| self.claimed(row));
        let product = match named {
            Some(id) => self.products.get(&id)?.clone(),
            None => None,
        };
        // A slug that a product had earlier may be taken over by a new one.
        let has_slug = |product: &Versioned<Product>| product.value.slug == row.product.slug;
        let product = product.filter(|product| row.product.id.is_some() || has_slug(product));
        let id = row.product.id.or(product.as_ref().map(|product| product.value.id)).unwrap_or(subject.new_id);
        let prices = row.prices().filter_map(|(sku, list, _)| {
            let key = (Variant::id_of(id, sku), list.clone());
            self.prices.get(&key).cloned().map(|price| (key, price))
        });
        let media = media(subject).filter_map(|id| self.media.iter().find(|medium| medium.media_id == id).cloned());
        Some(RowRead { id, product, prices: prices.collect(), media: media.collect(), claim })
    }
}

/// The prices that rows name, of products whose ID is known.
fn named_prices<'a>(
    rows: &[&'a ProductRow],
    id: impl Fn(&ProductRow) -> Option<ProductId>,
) -> BTreeSet<(VariantId, &'a Slug)> {
    let prices = rows.iter().filter_map(|row| id(row).map(|id| (id, *row)));
    prices.flat_map(|(id, row)| row.prices().map(move |(sku, list, _)| (Variant::id_of(id, sku), list))).collect()
}

fn price_keys<'a>(prices: &'a BTreeSet<(VariantId, &Slug)>) -> impl Iterator<Item = Key<Catalog>> + 'a {
    prices.iter().map(|(variant, list)| price_key(*variant, list))
}

/// Reason why a row was not written.
#[derive(Debug)]
pub enum RowNotWritten {
    /// Another product has the slug.
    SlugTaken,
    /// Another product has the SKU.
    SkuTaken(Sku),
    /// There is no such category.
    NoSuchCategory(Slug),
    /// The change of bundles is not allowed.
    Bundle(BundleError),
    /// The product needs more writes and conditions than a transaction has.
    TooManyChanges(usize),
    /// Something changed since it was read. Read it again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for RowNotWritten {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What a write of a transaction is for, as far as its failure is told.
#[derive(Debug, Clone)]
enum Purpose {
    Product,
    SlugFreed,
    Sku(Sku),
    Category(Slug),
    Other,
}

/// A transaction with the purpose of each write.
struct Planned {
    transaction: Transaction<Catalog>,
    purposes: Vec<Purpose>,
}

impl Planned {
    fn add(self, purpose: Purpose, write: impl FnOnce(Transaction<Catalog>) -> Transaction<Catalog>) -> Self {
        let Self { transaction, mut purposes } = self;
        let transaction = write(transaction);
        purposes.resize(transaction.len(), purpose);
        Self { transaction, purposes }
    }

    fn room(&self) -> usize {
        MAX_TRANSACTION_WRITES.saturating_sub(self.transaction.len())
    }

    async fn commit(self, id: ProductId) -> Result<(), RowNotWritten> {
        match refused(self.transaction.commit().await)? {
            None => Ok(()),
            Some(cancelled) => Err(reason(&cancelled, &self.purposes, id)?),
        }
    }
}

/// Why a transaction was cancelled. A condition that another writer broke in between is a conflict.
fn reason(cancelled: &Cancelled, purposes: &[Purpose], id: ProductId) -> Result<RowNotWritten, StoreError> {
    let failed = purposes.iter().enumerate().filter(|(at, _)| cancelled.failed(*at));
    let mut reason = RowNotWritten::Conflict;
    for (at, purpose) in failed {
        match purpose {
            // Who took the slug may have the SKUs too: then the product is to be changed.
            Purpose::Product | Purpose::Other => return Ok(RowNotWritten::Conflict),
            Purpose::SlugFreed => reason = RowNotWritten::SlugTaken,
            Purpose::Category(slug) => reason = RowNotWritten::NoSuchCategory(slug.clone()),
            Purpose::Sku(sku) => {
                let claim = cancelled.item::<SkuClaim>(at)?;
                if claim.is_some_and(|claim| claim.value.product_id == id) {
                    return Ok(RowNotWritten::Conflict);
                }
                reason = RowNotWritten::SkuTaken(sku.clone());
            }
        }
    }
    Ok(reason)
}

impl Store {
    /// The imports.
    pub fn imports(&self) -> Jobs<Import<CatalogImport>> {
        Jobs::new(self.table.clone())
    }

    /// The exports.
    pub fn exports(&self) -> Jobs<CatalogExport> {
        Jobs::new(self.table.clone())
    }

    /// Reads what a row is decided on: in one round trip if the row names the ID of the product or creates it, else in two.
    pub async fn row(&self, subject: RowSubject<'_>) -> Result<RowRead, StoreError> {
        let RowSubject { row, new_id, .. } = subject;
        if let Some(id) = row.product.id {
            return self.row_of(id, subject).await;
        }
        let slug = &row.product.slug;
        let mut keys = vec![slug_key(slug), product_key(new_id)];
        keys.extend(media_keys(subject));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let claim = found.take::<SlugClaim>(slug_key(slug))?;
        if let Some(created) = found.take::<Product>(product_key(new_id))? {
            // An earlier attempt created it.
            return self.row_of(created.value.id, subject).await;
        }
        if let Some(claim) = &claim {
            let read = self.row_of(claim.value.product_id, subject).await?;
            if read.product.as_ref().is_some_and(|product| product.value.slug == *slug) {
                return Ok(read);
            }
        }
        let media =
            media(subject).filter_map(|id| found.take::<Medium>(media::medium_key(subject.importer, id)).transpose());
        let media = media.map(|read| Ok(read?.value)).collect::<Result<_, StoreError>>()?;
        Ok(RowRead { id: new_id, product: None, prices: BTreeMap::new(), media, claim })
    }

    /// Reads what rows are decided on, as far as it can be read for all of them at once: two rounds of calls for any number of rows.
    pub async fn rows(&self, rows: &[&ProductRow], importer: UserId) -> Result<ManyRead, StoreError> {
        let mut many = ManyRead::default();
        let slugs: BTreeSet<_> = rows.iter().map(|row| &row.product.slug).collect();
        let ids: BTreeSet<_> = rows.iter().filter_map(|row| row.product.id).collect();
        let media = rows.iter().flat_map(|row| row.product.media.iter().flatten());
        let media: BTreeSet<_> = media.map(|picture| picture.media_id).collect();
        let known = |row: &ProductRow| row.product.id;
        let prices = named_prices(rows, known);
        let keys = slugs.iter().map(|slug| slug_key(slug)).chain(ids.iter().map(|id| product_key(*id)));
        let keys = keys.chain(media.iter().map(|id| media::medium_key(importer, *id))).chain(price_keys(&prices));
        let mut found = self.many(keys.collect()).await?;
        for slug in slugs {
            many.claims.insert(slug.clone(), found.item(|| slug_key(slug))?);
        }
        for id in ids {
            many.products.insert(id, found.item(|| product_key(id))?);
        }
        for id in media {
            many.media.extend(found.item::<Medium>(|| media::medium_key(importer, id))?.map(|medium| medium.value));
        }
        many.add_prices(&mut found, prices)?;

        let claimed: BTreeSet<_> = rows.iter().filter_map(|row| many.claimed(row)).collect();
        let prices = named_prices(rows, |row| many.claimed(row));
        let keys = claimed.iter().map(|id| product_key(*id)).chain(price_keys(&prices));
        let mut found = self.many(keys.collect()).await?;
        for id in claimed {
            many.products.insert(id, found.item(|| product_key(id))?);
        }
        many.add_prices(&mut found, prices)?;
        Ok(many)
    }

    /// Reads any number of items.
    pub(super) async fn many(&self, keys: Vec<Key<Catalog>>) -> Result<Taker, StoreError> {
        let found = stream::iter(chunks(keys)).map(async |part| self.table.get_many(part, Read::Strong).await);
        Ok(Taker(found.buffered(MAX_PARALLEL_READS).try_collect().await?))
    }

    async fn row_of(&self, id: ProductId, subject: RowSubject<'_>) -> Result<RowRead, StoreError> {
        let slug = &subject.row.product.slug;
        let prices: Vec<_> =
            subject.row.prices().map(|(sku, list, _)| (Variant::id_of(id, sku), list.clone())).collect();
        // The product first: prices that are read later are not older.
        let mut keys = vec![product_key(id), slug_key(slug)];
        keys.extend(media_keys(subject));
        keys.extend(prices.iter().map(|(variant, list)| price_key(*variant, list)));
        let mut found = Vec::new();
        for part in chunks(keys) {
            found.push(self.table.get_many(part, Read::Strong).await?);
        }
        let mut take = Taker(found);
        let product = take.item::<Product>(|| product_key(id))?;
        let claim = take.item::<SlugClaim>(|| slug_key(slug))?;
        let mut read = RowRead { id, product, prices: BTreeMap::new(), media: Vec::new(), claim };
        for id in media(subject) {
            let medium = take.item::<Medium>(|| media::medium_key(subject.importer, id))?;
            read.media.extend(medium.map(|medium| medium.value));
        }
        for (variant, list) in prices {
            if let Some(price) = take.item::<Price>(|| price_key(variant, &list))? {
                read.prices.insert((variant, list), price);
            }
        }
        Ok(read)
    }

    /// Reads the entries that a change of a product needs. Those of the variants of a new product are not there yet.
    pub async fn row_entries(&self, before: Option<&Product>, next: &Product) -> Result<ReadEntries, StoreError> {
        let mut wanted = bundle::affected(before, next);
        let mut entries = ReadEntries::default();
        if before.is_none() {
            let own: Vec<_> = next.variants.iter().map(|variant| variant.id).collect();
            wanted.retain(|id| !own.contains(id));
            entries = ReadEntries::absent(own);
        }
        self.add_entries(&mut entries, &wanted).await?;
        Ok(entries)
    }

    /// Writes a row: the product with all that changes together with it in one transaction, and in the same one as many prices as
    /// it has room for. The others follow, on condition that the product is the same.
    pub async fn write_row(
        &self,
        read: &RowRead,
        next: Option<(Product, ReadEntries, Outbox)>,
        prices: &[PriceWrite],
    ) -> Result<(), RowNotWritten> {
        let mut prices = prices.iter();
        let mut current = read.product.clone();
        if let Some((next, entries, outbox)) = next {
            let (next, planned) = self.planned(read, next, &entries, &outbox)?;
            if planned.room() == 0 && planned.transaction.len() > MAX_TRANSACTION_WRITES {
                return Err(RowNotWritten::TooManyChanges(planned.transaction.len()));
            }
            let room = planned.room();
            let planned = prices.by_ref().take(room).fold(planned, priced);
            planned.commit(next.id).await?;
            current = Some(match current {
                Some(current) => current.successor(next),
                None => Versioned::new(next, 1),
            });
        }
        let Some(current) = current else { return Ok(()) };
        loop {
            let planned = self.begin().add(Purpose::Product, |transaction| transaction.unchanged(&current));
            let room = planned.room();
            let part: Vec<_> = prices.by_ref().take(room).collect();
            if part.is_empty() {
                return Ok(());
            }
            part.into_iter().fold(planned, priced).commit(current.value.id).await?;
        }
    }

    fn begin(&self) -> Planned {
        Planned { transaction: self.table.transaction(), purposes: Vec::new() }
    }

    /// The transaction that writes a product, with the product as it is written.
    fn planned(
        &self,
        read: &RowRead,
        next: Product,
        entries: &ReadEntries,
        outbox: &Outbox,
    ) -> Result<(Product, Planned), RowNotWritten> {
        let before = read.product.as_ref().map(|product| &product.value);
        // A new product is in no list yet.
        let (next, listing) = listing::follow(&before.cloned().unwrap_or_else(|| next.clone()), next);
        let changes = bundle::follow(before, &next, &entries.existing()).map_err(RowNotWritten::Bundle)?;
        let mut planned = self.begin().add(Purpose::Product, |transaction| match &read.product {
            Some(product) => transaction.replace(product, &next, outbox),
            None => transaction.create(&next, outbox),
        });
        if before.is_none_or(|before| before.slug != next.slug) {
            planned = planned.add(Purpose::Other, |transaction| claimed(transaction, &next, read.claim.as_ref()));
            // The second write of a claim that is taken over is the condition that its product has another slug.
            let is_taken_over = read.claim.as_ref().is_some_and(|claim| claim.value.product_id != next.id);
            if let Some(last) = planned.purposes.last_mut().filter(|_| is_taken_over) {
                *last = Purpose::SlugFreed;
            }
        }
        let is_new = |variant: &&Variant| before.is_none_or(|before| before.variant(&variant.sku).is_none());
        for variant in next.variants.iter().filter(is_new) {
            let claim = SkuClaim { sku: variant.sku.clone(), product_id: next.id };
            let purpose = Purpose::Sku(variant.sku.clone());
            planned = planned.add(purpose, |transaction| transaction.create(&claim, &Outbox::none()));
        }
        let had = |slug: &&Slug| before.is_some_and(|before| before.categories.contains(*slug));
        for category in next.categories.iter().filter(|slug| !had(slug)) {
            planned =
                planned.add(Purpose::Category(category.clone()), |transaction| existing(transaction, &[category]));
        }
        let pictures = before.map_or(&[][..], |before| &before.media);
        let planned = planned.add(Purpose::Other, |transaction| {
            let transaction = listing.iter().fold(transaction, list);
            let transaction = entries::follow(transaction, &changes, entries);
            media::place(transaction, next.id, pictures, &next.media)
        });
        Ok((next, planned))
    }
}

fn priced(planned: Planned, write: &PriceWrite) -> Planned {
    planned.add(Purpose::Other, |transaction| match &write.read {
        Some(read) => transaction.replace(read, &write.next, &write.outbox),
        None => transaction.create(&write.next, &write.outbox),
    })
}

fn media(subject: RowSubject<'_>) -> impl Iterator<Item = MediaId> {
    subject.row.product.media.iter().flatten().map(|picture| picture.media_id)
}

fn media_keys(subject: RowSubject<'_>) -> impl Iterator<Item = Key<Catalog>> {
    media(subject).map(move |id| media::medium_key(subject.importer, id))
}

/// Keys in parts that one call reads each.
pub(super) fn chunks(keys: Vec<Key<Catalog>>) -> Vec<Vec<Key<Catalog>>> {
    let mut parts: Vec<Vec<_>> = Vec::new();
    for key in keys {
        match parts.last_mut() {
            Some(part) if part.len() < KEYS_PER_BATCH => part.push(key),
            _ => parts.push(vec![key]),
        }
    }
    parts
}

/// Items of several calls.
pub(super) struct Taker(pub(super) Vec<dynamo::Found>);

impl Taker {
    /// Takes out the item with a key, from whichever call has it.
    pub(super) fn item<E: dynamo::Entity>(
        &mut self,
        key: impl Fn() -> Key<E::Context>,
    ) -> Result<Option<Versioned<E>>, StoreError> {
        for found in &mut self.0 {
            if let Some(item) = found.take(key())? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}
