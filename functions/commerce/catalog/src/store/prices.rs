//! Price lists and prices.

use dynamo::{Key, Outbox, Read, Scalar, StoreError, Versioned, is_written, refused};
use types::{ProductId, VariantId};

use super::{Catalog, Store, sku_key};
use crate::domain::names::Slug;
use crate::domain::price::Price;
use crate::domain::price_list::{MAX_PRICE_LISTS, PriceLists};

/// The longest page of a variant's prices: one for each list.
const PAGE: u32 = 50;

/// A change of a price, as it is written.
#[derive(Debug)]
pub struct PriceWrite {
    /// The price as it was read.
    pub read: Option<Versioned<Price>>,
    /// What it becomes.
    pub next: Price,
    /// The product that must have the variant.
    pub product_id: ProductId,
    /// The events.
    pub outbox: Outbox,
}

/// Reason why prices were not written.
#[derive(Debug)]
pub enum PricesNotWritten {
    /// The product of this change has no variant with its SKU.
    NoSuchVariant(usize),
    /// Something changed since it was read.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for PricesNotWritten {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Prices as they were read, each if it is there.
pub type ReadPrices = Vec<Option<Versioned<Price>>>;

impl Store {
    /// Reads all price lists.
    pub async fn price_lists(&self, read: Read) -> Result<Option<Versioned<PriceLists>>, StoreError> {
        self.table.get(lists_key(), read).await
    }

    /// Writes the price lists. False if they are not as they were read.
    pub async fn write_price_lists(
        &self,
        read: Option<&Versioned<PriceLists>>,
        next: &PriceLists,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let transaction = self.table.transaction();
        let transaction = match read {
            Some(read) => transaction.replace(read, next, outbox),
            None => transaction.create(next, outbox),
        };
        is_written(transaction.commit().await)
    }

    /// Reads all price lists, and the prices of variants in one of them, in one round trip.
    pub async fn lists_and_prices(
        &self,
        variants: &[VariantId],
        list: &Slug,
    ) -> Result<(Option<Versioned<PriceLists>>, ReadPrices), StoreError> {
        let keys = variants.iter().map(|variant| price_key(*variant, list)).chain([lists_key()]).collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let lists = found.take(lists_key())?;
        let prices = variants.iter().map(|variant| found.take(price_key(*variant, list)));
        Ok((lists, prices.collect::<Result<_, _>>()?))
    }

    /// Reads all price lists and the prices of a variant in each, in one round trip unless histories are very long.
    pub async fn variant_prices(&self, variant: VariantId) -> Result<(PriceLists, Vec<Price>), StoreError> {
        let (lists, prices) = futures::join!(self.price_lists(Read::Eventual), self.all_prices(variant));
        Ok((lists?.map(|lists| lists.value).unwrap_or_default(), prices?))
    }

    pub(super) async fn all_prices(&self, variant: VariantId) -> Result<Vec<Price>, StoreError> {
        let prefix = Key::new("prices", variant, "list#");
        // A page has at most a megabyte, so there may be one for each list.
        let pages = self.table.list_pages::<Price>(&prefix, PAGE, MAX_PRICE_LISTS, Read::Eventual).await?;
        Ok(pages.items.into_iter().map(|price| price.value).collect())
    }

    /// Writes prices, all or none, while their variants exist.
    pub async fn write_prices(&self, writes: &[PriceWrite]) -> Result<(), PricesNotWritten> {
        let transaction = writes.iter().fold(self.table.transaction(), |transaction, write| {
            let transaction = match &write.read {
                Some(read) => transaction.replace(read, &write.next, &write.outbox),
                None => transaction.create(&write.next, &write.outbox),
            };
            transaction.holds(sku_key(&write.next.sku), &[("product_id", Scalar::text(write.product_id))])
        });
        match refused(transaction.commit().await)? {
            None => Ok(()),
            Some(cancelled) => {
                let missing = (0..writes.len()).find(|at| cancelled.failed(2 * at + 1));
                Err(missing.map_or(PricesNotWritten::Conflict, PricesNotWritten::NoSuchVariant))
            }
        }
    }
}

pub(super) fn lists_key() -> Key<Catalog> {
    Key::new("pricelists", "all", "lists")
}

pub(super) fn price_key(variant: VariantId, list: &Slug) -> Key<Catalog> {
    Key::new("prices", variant, format!("list#{list}"))
}
