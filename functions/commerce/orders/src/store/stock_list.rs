//! The list of the stock of all variants.

use std::collections::BTreeMap;

use contracts::orders::StockAvailability;
use dynamo::{Cursor, IndexKey, Key, StoreError, Versioned};
use futures::future::try_join_all;
use types::{LocationId, VariantId};

use super::{Orders, StockRead, Store, level_key, variant_key};
use crate::domain::availability::VariantStock;
use crate::domain::level::{Level, StockLevel};
use crate::domain::location::Locations;
use crate::domain::variant_copy::VariantCopy;

/// Maximum number of variants of a page: each has up to 20 levels, which are items of their own.
pub const MAX_STOCK_PAGE: u32 = 25;
/// Partitions of the index that the variants of one availability are divided among.
const SHARDS: u8 = 4;
/// All values of the availability.
const ALL: [StockAvailability; 3] =
    [StockAvailability::OutOfStock, StockAvailability::LowStock, StockAvailability::InStock];

/// A page of the stock of variants.
#[derive(Debug)]
pub struct StockPage {
    /// The stock of each variant.
    pub items: Vec<StockRead>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

/// The place of a variant in the list.
pub(super) fn index_of(stock: &VariantStock) -> IndexKey<Orders> {
    // IDs end in random bits.
    let shard = stock.variant_id.uuid().as_bytes().last().copied().unwrap_or_default() % SHARDS;
    partition(stock.availability, shard, &format!("variant#{}", stock.variant_id))
}

fn partition(availability: StockAvailability, shard: u8, sort: &str) -> IndexKey<Orders> {
    let availability = match availability {
        StockAvailability::InStock => "in",
        StockAvailability::LowStock => "low",
        StockAvailability::OutOfStock => "out",
    };
    IndexKey::new("stocks", format!("{availability}#{shard}"), sort)
}

impl Store {
    /// Lists the stock of variants, of one availability or of all, by the IDs of the variants. Two round trips, or three if a
    /// level has several parts. The newest second may be missing.
    pub async fn stock_page(
        &self,
        wanted: Option<StockAvailability>,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<StockPage, StoreError> {
        let limit = limit.min(MAX_STOCK_PAGE);
        let partitions = ALL
            .into_iter()
            .filter(|availability| wanted.is_none_or(|wanted| wanted == *availability))
            .flat_map(|availability| (0..SHARDS).map(move |shard| partition(availability, shard, "variant#")));
        let pages = partitions.map(|prefix| self.table.list_index::<VariantStock>(prefix, false, limit, after.clone()));
        let pages = try_join_all(pages).await?;
        let more = pages.iter().any(|page| page.next.is_some());
        let mut stocks: Vec<_> = pages.into_iter().flat_map(|page| page.items).collect();
        let found = stocks.len();
        stocks.sort_by_key(|stock| stock.value.variant_id);
        // A variant whose availability changes right now may be in two partitions.
        stocks.dedup_by_key(|stock| stock.value.variant_id);
        stocks.truncate(limit as usize);
        let last = stocks.last().filter(|_| more || found > stocks.len());
        let next = last.map(|last| index_of(&last.value).cursor());
        Ok(StockPage { items: self.with_levels(stocks).await?, next })
    }

    /// Reads the variants and their levels.
    async fn with_levels(&self, stocks: Vec<Versioned<VariantStock>>) -> Result<Vec<StockRead>, StoreError> {
        let mut keys: Vec<Key<Orders>> = stocks.iter().map(|stock| variant_key(stock.value.variant_id)).collect();
        for stock in &stocks {
            keys.extend(stock.value.locations().map(|location| level_key(stock.value.variant_id, Some(location))));
        }
        let mut variants = BTreeMap::new();
        let mut levels = Vec::new();
        for mut found in self.read_all(keys).await? {
            for stock in &stocks {
                let key = variant_key(stock.value.variant_id);
                variants.extend(found.take::<VariantCopy>(key)?.map(|read| (read.value.variant_id, read.value)));
            }
            levels.extend(found.into_all::<StockLevel>()?);
        }
        let mut of_variant: BTreeMap<VariantId, BTreeMap<LocationId, Versioned<Level>>> = BTreeMap::new();
        for level in self.with_parts(levels).await? {
            let stock = level.value.stock();
            of_variant.entry(stock.variant_id).or_default().insert(stock.location_id, level);
        }
        let read = |stock: Versioned<VariantStock>| StockRead {
            locations: Locations::default(),
            variant: variants.remove(&stock.value.variant_id),
            levels: of_variant.remove(&stock.value.variant_id).unwrap_or_default(),
            stock: Some(stock),
            movement: None,
        };
        Ok(stocks.into_iter().map(read).collect())
    }
}
