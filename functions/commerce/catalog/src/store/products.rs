//! Products, their slugs and their SKUs.

use dynamo::{Cancelled, Conflict, Cursor, Outbox, Page, Read, Scalar, StoreError, Transaction, Versioned, refused};
use types::ProductId;

use super::categories::category_key;
use super::entries::{self, ReadEntries};
use super::{Catalog, PARTITIONS, Store, media, partition_key, product_key, product_sort, slug_index, slug_key};
use crate::domain::bundle::{self, BundleError};
use crate::domain::claims::{SkuClaim, SlugClaim};
use crate::domain::listing::{self, ListingWrite};
use crate::domain::names::{Sku, Slug};
use crate::domain::product::Product;

/// Reason why a product was not written.
#[derive(Debug)]
pub enum NotWritten {
    /// The product is there already.
    Exists(Box<Versioned<Product>>),
    /// Another product has the slug.
    SlugTaken,
    /// Another product has the SKU.
    SkuTaken,
    /// There is no such category.
    NoSuchCategory(Slug),
    /// The change of bundles is not allowed.
    Bundle(BundleError),
    /// Something changed since it was read. Read it again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl From<BundleError> for NotWritten {
    fn from(error: BundleError) -> Self {
        Self::Bundle(error)
    }
}

impl From<StoreError> for NotWritten {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A product, and the claim of a slug that it is to have.
#[derive(Debug)]
pub struct SlugRead {
    /// The product.
    pub product: Option<Versioned<Product>>,
    /// The claim of the slug.
    pub claim: Option<Versioned<SlugClaim>>,
}

/// What a slug leads to.
#[derive(Debug)]
pub enum BySlug {
    /// The published product whose current slug it is.
    Current(Box<Versioned<Product>>),
    /// A product that may have had it earlier, or that is not in the index yet.
    Claimed(ProductId),
    /// Nothing.
    Unknown,
}

/// Where a page of all products begins.
struct Place {
    partition: u8,
    /// The product after which it begins; none for the first of the partition.
    start: Option<Cursor>,
}

impl Place {
    /// Reads a cursor; none if it was not given by this list.
    fn of(cursor: Option<&Cursor>) -> Option<Self> {
        let Some(cursor) = cursor else { return Some(Self { partition: 0, start: None }) };
        let (partition, start) = cursor.as_str().split_once('/')?;
        let partition = partition.parse().ok().filter(|partition| *partition < PARTITIONS)?;
        Some(Self { partition, start: (!start.is_empty()).then(|| Cursor::of(start)) })
    }

    /// The place after items whose last one is of a partition, which may have more.
    fn after(items: &[Versioned<Product>], partition: u8, has_more: bool) -> Option<Self> {
        let last = items.last().filter(|last| has_more && super::partition(last.value.id) == partition);
        match last {
            Some(last) => Some(Self { partition, start: Some(Cursor::of(product_sort(last.value.id))) }),
            None if has_more => Some(Self { partition, start: None }),
            None => (partition + 1 < PARTITIONS).then_some(Self { partition: partition + 1, start: None }),
        }
    }

    fn cursor(&self) -> Cursor {
        let start = self.start.as_ref().map_or("", Cursor::as_str);
        Cursor::of(format!("{:02}/{start}", self.partition))
    }
}

impl Store {
    /// Reads a product.
    pub async fn product(&self, id: ProductId, read: Read) -> Result<Option<Versioned<Product>>, StoreError> {
        self.table.get(product_key(id), read).await
    }

    /// Finds a published product by its slug, in one round trip: the index has the product, which it may miss for a second,
    /// and the claim says who has or had the slug.
    pub async fn by_slug(&self, slug: &Slug) -> Result<BySlug, StoreError> {
        let current = self.table.list_index::<Product>(slug_index(slug), false, 1, None);
        let claim = self.table.get::<SlugClaim>(slug_key(slug), Read::Eventual);
        let (current, claim) = futures::join!(current, claim);
        Ok(match (current?.items.into_iter().next(), claim?) {
            (Some(product), _) => BySlug::Current(Box::new(product)),
            (None, Some(claim)) => BySlug::Claimed(claim.value.product_id),
            (None, None) => BySlug::Unknown,
        })
    }

    /// Reads the claim of a slug.
    pub async fn slug_claim(&self, slug: &Slug) -> Result<Option<Versioned<SlugClaim>>, StoreError> {
        self.table.get(slug_key(slug), Read::Strong).await
    }

    /// Reads a product and the claim of a slug in one round trip.
    pub async fn product_and_claim(&self, id: ProductId, slug: &Slug) -> Result<SlugRead, StoreError> {
        let mut found = self.table.get_many(vec![product_key(id), slug_key(slug)], Read::Strong).await?;
        Ok(SlugRead { product: found.take(product_key(id))?, claim: found.take(slug_key(slug))? })
    }

    /// Reads a page of all products, partition by partition. The order carries no meaning.
    ///
    /// If the partition of the cursor does not fill the page, all others after it are read at once: two round trips, however
    /// few products there are.
    pub async fn products(&self, limit: u32, after: Option<&Cursor>) -> Result<Page<Product>, StoreError> {
        let Some(Place { partition, start }) = Place::of(after) else { return Ok(Page { items: vec![], next: None }) };
        let mut page = self.table.list(partition_key(partition), false, limit, start).await?;
        page.next = page.next.map(|next| Place { partition, start: Some(next) }.cursor());
        let missing = limit.saturating_sub(u32::try_from(page.items.len()).unwrap_or(limit));
        if page.next.is_some() || partition + 1 == PARTITIONS {
            return Ok(page);
        }
        if missing == 0 {
            page.next = Some(Place { partition: partition + 1, start: None }.cursor());
            return Ok(page);
        }
        let others = (partition + 1..PARTITIONS)
            .map(async |other| self.table.list::<Product>(partition_key(other), false, missing, None).await);
        let others = futures::future::try_join_all(others).await?;
        for (other, found) in (partition + 1..).zip(others) {
            let room = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(page.items.len());
            let is_cut = found.items.len() > room || found.next.is_some();
            page.items.extend(found.items.into_iter().take(room));
            if is_cut || page.items.len() == usize::try_from(limit).unwrap_or(usize::MAX) {
                page.next = Place::after(&page.items, other, is_cut).map(|place| place.cursor());
                break;
            }
        }
        Ok(page)
    }

    /// Creates a product with its slug. `claim` is the claim of the slug as it was read.
    pub async fn create(
        &self,
        product: &Product,
        claim: Option<&Versioned<SlugClaim>>,
        outbox: &Outbox,
    ) -> Result<(), NotWritten> {
        let transaction = self.table.transaction().create(product, outbox);
        let is_taken_over = claim.is_some_and(|claim| claim.value.product_id != product.id);
        let first = if is_taken_over { 3 } else { 2 };
        let categories: Vec<_> = product.categories.iter().collect();
        let transaction = existing(claimed(transaction, product, claim), &categories);
        let transaction = media::place(transaction, product.id, &[], &product.media);
        match refused(transaction.commit().await)? {
            None => Ok(()),
            Some(cancelled) => Err(match (cancelled.item(0)?, missing(&cancelled, first, &categories)) {
                (Some(before), _) => NotWritten::Exists(Box::new(before)),
                (None, _) if is_taken_over && cancelled.failed(2) => NotWritten::SlugTaken,
                (None, Some(category)) => NotWritten::NoSuchCategory(category),
                (None, None) => NotWritten::Conflict,
            }),
        }
    }

    /// Writes a product that was read, with what has to change together with it: claims, the lists of its categories, the
    /// entries of its variants and their components, and the records of its pictures.
    pub async fn write(
        &self,
        read: &Versioned<Product>,
        next: Product,
        claim: Claim<'_>,
        outbox: &Outbox,
    ) -> Result<Versioned<Product>, NotWritten> {
        self.write_with(read, next, claim, ReadEntries::default(), outbox).await
    }

    /// [`Store::write`] with the entries that were read already. Others that the change needs are read first.
    pub async fn write_with(
        &self,
        read: &Versioned<Product>,
        next: Product,
        claim: Claim<'_>,
        mut entries: ReadEntries,
        outbox: &Outbox,
    ) -> Result<Versioned<Product>, NotWritten> {
        let (next, listing) = listing::follow(&read.value, next);
        let added: Vec<_> = next.categories.difference(&read.value.categories).collect();
        self.add_entries(&mut entries, &bundle::affected(Some(&read.value), &next)).await?;
        let changes = bundle::follow(Some(&read.value), &next, &entries.existing())?;
        let is_alone = listing.is_empty() && added.is_empty() && changes.is_empty() && next.media == read.value.media;
        if is_alone && matches!(claim, Claim::None) {
            return match self.table.replace(read, next, outbox).await {
                Ok(written) => Ok(written),
                Err(Conflict::Item(_)) => Err(NotWritten::Conflict),
                Err(Conflict::Store(error)) => Err(error.into()),
            };
        }
        let transaction = self.table.transaction().replace(read, &next, outbox);
        let (transaction, claims) = match claim {
            Claim::None => (transaction, 0),
            Claim::Slug(Some(claim)) if claim.value.product_id != next.id => {
                (claimed(transaction, &next, Some(claim)), 2)
            }
            Claim::Slug(claim) => (claimed(transaction, &next, claim), 1),
            Claim::NewSku(sku) => {
                let claim = SkuClaim { sku: sku.clone(), product_id: next.id };
                (transaction.create(&claim, &Outbox::none()), 1)
            }
            Claim::FreedSku(sku) => {
                // A claim is created and deleted together with the variant, and never changes.
                let claim = Versioned::new(SkuClaim { sku: sku.clone(), product_id: next.id }, 1);
                (transaction.delete(&claim), 1)
            }
        };
        let transaction = existing(transaction, &added);
        let transaction = listing.iter().fold(transaction, list);
        let transaction = entries::follow(transaction, &changes, &entries);
        let transaction = media::place(transaction, next.id, &read.value.media, &next.media);
        match refused(transaction.commit().await)? {
            None => Ok(read.successor(next)),
            Some(cancelled) if cancelled.failed(0) => Err(NotWritten::Conflict),
            Some(cancelled) if claims == 2 && cancelled.failed(2) => Err(NotWritten::SlugTaken),
            Some(cancelled) => Err(match missing(&cancelled, claims + 1, &added) {
                Some(category) => NotWritten::NoSuchCategory(category),
                None if matches!(claim, Claim::NewSku(_)) && cancelled.failed(1) => NotWritten::SkuTaken,
                None => NotWritten::Conflict,
            }),
        }
    }
}

/// A claim that changes together with a product.
#[derive(Debug, Clone, Copy)]
pub enum Claim<'a> {
    /// None: the product has the same slug and the same SKUs as before.
    None,
    /// The product has another slug than before. The claim of the new slug, as it was read.
    Slug(Option<&'a Versioned<SlugClaim>>),
    /// The product has one SKU more.
    NewSku(&'a Sku),
    /// The product has one SKU less.
    FreedSku(&'a Sku),
}

/// Adds the conditions that categories exist.
pub(super) fn existing(transaction: Transaction<Catalog>, categories: &[&Slug]) -> Transaction<Catalog> {
    let is_there = [("removed", Scalar::Flag(false))];
    categories.iter().fold(transaction, |transaction, slug| transaction.holds(category_key(slug), &is_there))
}

/// Returns the first of these categories that does not exist. Their conditions begin at `first`.
fn missing(cancelled: &Cancelled, first: usize, categories: &[&Slug]) -> Option<Slug> {
    let found = categories.iter().enumerate().find(|(at, _)| cancelled.failed(first + at));
    found.map(|(_, slug)| (*slug).clone())
}

/// Adds a write to the list of a category.
pub(super) fn list(transaction: Transaction<Catalog>, write: &ListingWrite) -> Transaction<Catalog> {
    match write {
        ListingWrite::Create(entry) => transaction.create(entry, &Outbox::none()),
        ListingWrite::Replace(entry, version) => {
            transaction.replace(&Versioned::new(entry.clone(), *version), entry, &Outbox::none())
        }
        ListingWrite::Delete(entry, version) => transaction.delete(&Versioned::new(entry.clone(), *version)),
    }
}

/// Adds the claim of the product's slug, as the second write. It is free, or the product's own from earlier, or taken over
/// from a product that has another slug now, which is the third write's condition.
pub(super) fn claimed(
    transaction: Transaction<Catalog>,
    product: &Product,
    read: Option<&Versioned<SlugClaim>>,
) -> Transaction<Catalog> {
    let claim = SlugClaim { slug: product.slug.clone(), product_id: product.id };
    match read {
        None => transaction.create(&claim, &Outbox::none()),
        Some(read) if read.value == claim => transaction.unchanged(read),
        Some(read) => transaction.replace(read, &claim, &Outbox::none()).differs(
            product_key(read.value.product_id),
            "slug",
            &Scalar::text(&product.slug),
        ),
    }
}
