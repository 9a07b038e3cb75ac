//! What is known of a product: whether it can be bought, and its categories.
//!
//! Events are delivered at least once and in any order. The product has the revision of the catalog, and each variant's availability that
//! of its stock; the higher revision wins.

use std::collections::{BTreeMap, BTreeSet};

use contracts::catalog::{ProductArchived, ProductSnapshot};
use contracts::orders::{AvailabilityChanged, StockAvailability};
use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};

/// Most variants whose availability is remembered: twice as many as a product has, since removed ones are known for a while.
pub const MAX_VARIANTS: usize = 200;

/// The copy of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductCopy {
    /// Product ID.
    pub product_id: ProductId,
    /// Revision of the product; 0 if the catalog has told nothing yet.
    pub revision: u64,
    /// Whether it is published.
    pub published: bool,
    /// Slugs of its categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Its variants that have stock of their own.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub variants: BTreeSet<VariantId>,
    /// Whether a variant is a bundle, which has no stock of its own.
    #[serde(default)]
    pub bundled: bool,
    /// Availability of variants, those of the product and others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stock: BTreeMap<VariantId, VariantStock>,
}

/// Availability of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantStock {
    /// Revision of the stock.
    pub revision: u64,
    /// Whether it can be ordered.
    pub available: bool,
}

/// What an event tells of a product.
#[derive(Debug, Clone)]
pub enum ProductNews {
    /// It is published, with this content.
    Published(ProductId, u64, ProductSnapshot),
    /// It was archived.
    Archived(ProductArchived),
    /// A variant can be ordered, or no longer.
    Availability(AvailabilityChanged),
}

impl ProductNews {
    /// The product.
    pub fn product_id(&self) -> ProductId {
        match self {
            Self::Published(product, ..) => *product,
            Self::Archived(fact) => fact.product_id,
            Self::Availability(fact) => fact.product_id,
        }
    }
}

impl ProductCopy {
    /// A product of which nothing is known.
    pub fn unknown(product_id: ProductId) -> Self {
        Self {
            product_id,
            revision: 0,
            published: false,
            categories: Vec::new(),
            variants: BTreeSet::new(),
            bundled: false,
            stock: BTreeMap::new(),
        }
    }

    /// Returns what is known once this is added; `None` if it is no news.
    pub fn after(&self, news: &ProductNews) -> Option<Self> {
        match news {
            ProductNews::Published(_, revision, product) => {
                let stocked = product.variants.iter().filter(|variant| variant.components.is_empty());
                let next = Self {
                    revision: *revision,
                    published: true,
                    categories: product.categories.clone(),
                    variants: stocked.map(|variant| variant.variant_id).collect(),
                    bundled: product.variants.iter().any(|variant| !variant.components.is_empty()),
                    ..self.clone()
                };
                (self.revision < *revision).then_some(next)
            }
            ProductNews::Archived(fact) => {
                let next = Self { revision: fact.revision, published: false, ..self.clone() };
                (self.revision < fact.revision).then_some(next)
            }
            ProductNews::Availability(fact) => self.with_stock(fact),
        }
    }

    fn with_stock(&self, fact: &AvailabilityChanged) -> Option<Self> {
        let known = self.stock.get(&fact.variant_id);
        if known.is_some_and(|known| known.revision >= fact.revision) {
            return None;
        }
        let mut next = self.clone();
        if known.is_none() && next.stock.len() >= MAX_VARIANTS {
            let own = &self.variants;
            next.stock.retain(|variant, _| own.contains(variant));
        }
        let available = fact.availability != StockAvailability::OutOfStock;
        if known.is_none() && next.stock.len() >= MAX_VARIANTS {
            return None;
        }
        next.stock.insert(fact.variant_id, VariantStock { revision: fact.revision, available });
        Some(next)
    }

    /// True if the product can be recommended: it is published, and a variant can be ordered. Of bundles it is only known that they are
    /// published.
    pub fn is_sellable(&self) -> bool {
        let is_available = |variant| self.stock.get(variant).is_some_and(|stock| stock.available);
        self.published && (self.bundled || self.variants.iter().any(is_available))
    }

    /// True if a recommendation differs: whether it can be bought, or its categories while it can.
    pub fn differs(&self, other: &Self) -> bool {
        let shown = |copy: &Self| copy.is_sellable().then(|| copy.categories.clone());
        shown(self) != shown(other)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn variant(number: u128) -> VariantId {
        VariantId::new(Uuid::from_u128(number))
    }

    fn product() -> ProductId {
        ProductId::new(Uuid::from_u128(7))
    }

    fn published(revision: u64, variants: &[u128]) -> ProductNews {
        let variants: Vec<_> = variants
            .iter()
            .map(|number| {
                serde_json::json!({
                    "variantId": variant(*number), "sku": "S", "choices": {},
                })
            })
            .collect();
        let snapshot = serde_json::json!({
            "slug": "s", "title": "T", "attributes": {}, "categories": [format!("c{revision}")], "variants": variants,
        });
        ProductNews::Published(product(), revision, serde_json::from_value(snapshot).unwrap())
    }

    fn archived(revision: u64) -> ProductNews {
        ProductNews::Archived(ProductArchived { product_id: product(), revision, variant_ids: Vec::new() })
    }

    fn stock(number: u128, revision: u64, available: bool) -> ProductNews {
        let availability = if available { StockAvailability::LowStock } else { StockAvailability::OutOfStock };
        ProductNews::Availability(AvailabilityChanged {
            variant_id: variant(number),
            product_id: product(),
            availability,
            revision,
        })
    }

    fn after(news: &[ProductNews]) -> ProductCopy {
        news.iter().fold(ProductCopy::unknown(product()), |copy, news| copy.after(news).unwrap_or(copy))
    }

    #[test]
    fn a_product_is_sellable_while_it_is_published_and_one_of_its_variants_is_available() {
        let sellable = |news: &[ProductNews]| after(news).is_sellable();
        assert!(!sellable(&[published(1, &[1, 2])]), "nothing is known of its stock");
        assert!(!sellable(&[stock(1, 1, true)]), "a draft");
        assert!(sellable(&[stock(2, 1, true), published(1, &[1, 2])]));
        assert!(!sellable(&[stock(3, 1, true), published(1, &[1, 2])]), "the stock of a removed variant");
        assert!(!sellable(&[published(1, &[1]), stock(1, 1, true), stock(1, 2, false)]));
        assert!(!sellable(&[published(1, &[1]), stock(1, 1, true), archived(2)]));
    }

    #[test]
    fn stock_of_many_removed_variants_makes_room() {
        let mut news = vec![published(1, &[1]), stock(1, 1, true)];
        news.extend((2..300).map(|number| stock(number, 1, true)));
        let copy = after(&news);
        assert!(copy.is_sellable() && copy.stock.len() <= MAX_VARIANTS);
    }

    proptest! {
        #[test]
        fn neither_order_nor_repetition_of_events_matters(
            order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
            repeated in prop::collection::vec(0..8_usize, 0..8),
        ) {
            let all = [
                published(1, &[1]), published(2, &[1, 2]), archived(3), published(4, &[2]),
                stock(1, 1, true), stock(1, 2, false), stock(2, 1, false), stock(2, 2, true),
            ];
            let pick = |indexes: &[usize]| indexes.iter().map(|index| all[*index].clone()).collect::<Vec<_>>();
            let straight = after(&all);
            prop_assert!(straight.is_sellable());
            prop_assert_eq!(after(&[pick(&order), pick(&repeated)].concat()), straight);
        }
    }
}
