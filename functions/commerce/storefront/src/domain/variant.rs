//! What is known of a variant from the events of `catalog` and `orders`.
//!
//! Each part has revisions of its own and the highest one wins, so events may arrive in any order and more than once.

use std::collections::BTreeMap;

use contracts::catalog::{PriceChanged, VariantChanged, VariantSnapshot};
use contracts::orders::{AvailabilityChanged, StockAvailability};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};

/// A variant, as far as it is known here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantFacts {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID. None while only prices are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// SKU and choices, from the newest revision of the product.
    pub details: Revised<Option<VariantDetails>>,
    /// Availability, from the newest revision of the stock.
    pub stock: Revised<Option<StockAvailability>>,
    /// Price of one unit by the code of the price list, in minor units; none if the list has no price any more.
    pub prices: BTreeMap<String, Revised<Option<i64>>>,
    /// Time of the newest event.
    pub as_of: Timestamp,
}

/// A value with the revision that it is from; 0 if nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revised<T> {
    /// Revision. Higher is newer.
    pub revision: u64,
    /// The value.
    pub value: T,
}

impl<T> Revised<T> {
    /// A value in a revision.
    pub const fn new(revision: u64, value: T) -> Self {
        Self { revision, value }
    }
}

impl<T: Clone> Revised<T> {
    /// Returns the newer of two values.
    fn newest(&self, other: &Self) -> Self {
        if other.revision > self.revision { other } else { self }.clone()
    }
}

/// Name and choices of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantDetails {
    /// SKU.
    pub sku: String,
    /// The value of each option.
    pub choices: BTreeMap<String, String>,
}

impl From<VariantSnapshot> for VariantDetails {
    fn from(snapshot: VariantSnapshot) -> Self {
        Self { sku: snapshot.sku, choices: snapshot.choices }
    }
}

impl VariantFacts {
    /// What a change of a variant says.
    pub fn of_variant(fact: VariantChanged, at: Timestamp) -> Self {
        let details = Revised::new(fact.revision, fact.variant.map(VariantDetails::from));
        Self { product_id: Some(fact.product_id), details, ..Self::nothing(fact.variant_id, at) }
    }

    /// What a change of the availability says.
    pub fn of_stock(fact: &AvailabilityChanged, at: Timestamp) -> Self {
        let stock = Revised::new(fact.revision, Some(fact.availability));
        Self { product_id: Some(fact.product_id), stock, ..Self::nothing(fact.variant_id, at) }
    }

    /// What a change of a price says: the price of a single unit.
    pub fn of_price(fact: PriceChanged, at: Timestamp) -> Self {
        let single = fact.tiers.and_then(|tiers| tiers.first().map(|tier| tier.amount_minor));
        let prices = BTreeMap::from([(fact.price_list, Revised::new(fact.revision, single))]);
        Self { prices, ..Self::nothing(fact.variant_id, at) }
    }

    fn nothing(variant_id: VariantId, as_of: Timestamp) -> Self {
        let (details, stock, prices) = (Revised::new(0, None), Revised::new(0, None), BTreeMap::new());
        Self { variant_id, product_id: None, details, stock, prices, as_of }
    }

    /// Returns what is known with this added to it. The operation is commutative, associative and idempotent.
    #[must_use]
    pub fn merged(&self, known: Option<&Self>) -> Self {
        let Some(known) = known else { return self.clone() };
        let mut prices = known.prices.clone();
        for (list, price) in &self.prices {
            let newest = prices.get(list).map_or(*price, |known| known.newest(price));
            prices.insert(list.clone(), newest);
        }
        Self {
            variant_id: self.variant_id,
            product_id: known.product_id.or(self.product_id),
            details: known.details.newest(&self.details),
            stock: known.stock.newest(&self.stock),
            prices,
            as_of: known.as_of.max(self.as_of),
        }
    }

    /// Returns a number that rises whenever a part becomes newer. A page with the number of each of its variants is different
    /// after every change of them.
    pub fn sequence(&self) -> u64 {
        let prices = self.prices.values().map(|price| price.revision);
        prices.fold(self.details.revision.saturating_add(self.stock.revision), u64::saturating_add)
    }
}

#[cfg(test)]
#[path = "variant_tests.rs"]
mod tests;
