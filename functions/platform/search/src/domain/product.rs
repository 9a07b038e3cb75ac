//! The sources of a product's document: the product itself, and prices and stock of its variants.
//!
//! Events arrive at least once and in any order. Each source keeps its newest revision, so the result depends neither on their order
//! nor on their number.

use std::collections::BTreeMap;

use contracts::catalog::ProductSnapshot;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, ProductId, VariantId};

/// All that is known of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDocument {
    /// Product ID.
    pub product_id: ProductId,
    /// The product; none before its first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductSource>,
    /// The earliest known publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// Prices and stock, by variant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub offers: BTreeMap<VariantId, Offer>,
}

/// The product in its newest known revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSource {
    /// Revision.
    pub revision: u64,
    /// The product; none once it was archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<ProductSnapshot>,
}

/// Prices and stock of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Offer {
    /// Prices, by the code of the price list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, ListPrice>,
    /// Stock; none before its first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<Stock>,
}

/// The price of one unit in a price list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPrice {
    /// Revision.
    pub revision: u64,
    /// Currency.
    pub currency: CurrencyCode,
    /// Amount in minor units; none once the list no longer has a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<i64>,
}

/// Whether a variant can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// Revision.
    pub revision: u64,
    /// True if it can be ordered.
    pub available: bool,
}

/// News of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// The product was published, or changed while it was.
    Published {
        /// Revision.
        revision: u64,
        /// The product.
        snapshot: Box<ProductSnapshot>,
        /// When it was published; none for a change of a published product.
        published_at: Option<Timestamp>,
    },
    /// The product was archived.
    Archived {
        /// Revision.
        revision: u64,
    },
    /// Prices of a variant, by the code of the price list.
    Prices {
        /// Variant ID.
        variant_id: VariantId,
        /// The prices.
        prices: BTreeMap<String, ListPrice>,
    },
    /// Stock of a variant.
    Stock {
        /// Variant ID.
        variant_id: VariantId,
        /// The stock.
        stock: Stock,
    },
}

impl ProductDocument {
    /// A product of which nothing is known.
    pub fn new(product_id: ProductId) -> Self {
        Self { product_id, product: None, published_at: None, offers: BTreeMap::new() }
    }

    /// True if the public sees the product.
    pub fn is_visible(&self) -> bool {
        self.snapshot().is_some()
    }

    /// Returns the product, if the public sees it.
    pub fn snapshot(&self) -> Option<&ProductSnapshot> {
        self.product.as_ref()?.snapshot.as_ref()
    }

    /// Returns the document with news of a source; `None` if they say nothing new.
    pub fn with(&self, update: Update) -> Option<Self> {
        let mut next = self.clone();
        match update {
            Update::Published { revision, snapshot, published_at } => {
                next.published_at = [next.published_at, published_at].into_iter().flatten().min();
                next.set_product(ProductSource { revision, snapshot: Some(*snapshot) });
            }
            Update::Archived { revision } => next.set_product(ProductSource { revision, snapshot: None }),
            Update::Prices { variant_id, prices } => merge_prices(&mut next.offer(variant_id).prices, prices),
            Update::Stock { variant_id, stock } => {
                let known = &mut next.offer(variant_id).stock;
                if known.is_none_or(|known| known.revision < stock.revision) {
                    *known = Some(stock);
                }
            }
        }
        (next != *self).then_some(next)
    }

    fn set_product(&mut self, product: ProductSource) {
        if self.product.as_ref().is_none_or(|known| known.revision < product.revision) {
            self.product = Some(product);
        }
    }

    fn offer(&mut self, variant_id: VariantId) -> &mut Offer {
        self.offers.entry(variant_id).or_default()
    }
}

/// Adds prices to others; of each price list, the newest revision remains.
pub fn merge_prices(known: &mut BTreeMap<String, ListPrice>, news: BTreeMap<String, ListPrice>) {
    for (list, price) in news {
        if known.get(&list).is_none_or(|known| known.revision < price.revision) {
            known.insert(list, price);
        }
    }
}

/// The product that a variant belongs to, which never changes, and the prices that arrived before it was known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantEntry {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID; none until it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// Prices, by the code of the price list, until the product is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pending: BTreeMap<String, ListPrice>,
}

#[cfg(test)]
#[path = "product_tests.rs"]
mod tests;
