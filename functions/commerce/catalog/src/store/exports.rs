//! What exports read.

use dynamo::{Cursor, Page, StoreError};
use types::VariantId;

use super::prices::price_key;
use super::{Store, partition_key, product_sort};
use crate::domain::names::Slug;
use crate::domain::price::Price;
use crate::domain::product::Product;
use crate::domain::rows::document::VariantPrices;

impl Store {
    /// Reads a page of the products of a partition, as they are now.
    pub async fn partition(&self, partition: u8, after: Option<&str>, limit: u32) -> Result<Page<Product>, StoreError> {
        self.table.list_strong(partition_key(partition), false, limit, after.map(Cursor::of)).await
    }

    /// Reads the prices that variants of products have in lists, as they are now.
    pub async fn current_prices(&self, products: &[Product], lists: &[Slug]) -> Result<VariantPrices, StoreError> {
        let variants = products.iter().flat_map(|product| &product.variants).map(|variant| variant.id);
        let wanted: Vec<(VariantId, &Slug)> =
            variants.flat_map(|variant| lists.iter().map(move |list| (variant, list))).collect();
        let keys = wanted.iter().map(|(variant, list)| price_key(*variant, list)).collect();
        let mut found = self.many(keys).await?;
        let mut prices = VariantPrices::new();
        for (variant, list) in wanted {
            let price = found.item::<Price>(|| price_key(variant, list))?;
            if let Some(tiers) = price.and_then(|price| price.value.current().cloned()) {
                prices.entry(variant).or_default().insert(list.clone(), tiers);
            }
        }
        Ok(prices)
    }
}

/// The sort key of a product, after which the next page begins.
pub fn place_of(product: &Product) -> String {
    product_sort(product.id)
}
