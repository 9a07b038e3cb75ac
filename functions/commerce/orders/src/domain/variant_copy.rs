//! What the catalog says of a variant and its product, as this context's own copy.
//!
//! Events are delivered at least once and in any order, and several kinds of them tell the same. Both parts of a copy have
//! the revision of the product that they are from, and of each part the higher revision wins. Copies are never deleted: stock and
//! orders refer to variants that were removed or archived.

use std::collections::BTreeMap;

use contracts::catalog::{
    BundleComponent, PriceChanged, ProductArchived, ProductSnapshot, VariantChanged, VariantSnapshot,
};
use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};

use super::names::PromotionCategory;
use super::prices::PriceCopy;
use super::stock::Component;
use super::taxes::TaxClass;

/// A variant, as far as it is known here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantCopy {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID. None while only prices are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// The variant itself.
    pub variant: Known<VariantFacts>,
    /// Its product, while it is published.
    pub product: Known<ProductFacts>,
    /// Its prices, by the codes of price lists. Each has a revision of its own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, PriceCopy>,
}

/// A part of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known<T> {
    /// Revision of the product that it is from; 0 if nothing is known yet.
    pub revision: u64,
    /// The facts. None if they no longer hold, or are not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<T>,
}

impl<T> Known<T> {
    const fn nothing() -> Self {
        Self { revision: 0, facts: None }
    }

    /// True if this is from a later revision than what is known.
    fn is_news(&self, known: &Self) -> bool {
        known.revision < self.revision
    }
}

/// What orders need of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantFacts {
    /// SKU.
    pub sku: String,
    /// Weight in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<u32>,
    /// The value of each option.
    pub choices: BTreeMap<String, String>,
    /// Tax class.
    #[serde(default = "TaxClass::standard")]
    pub tax_class: TaxClass,
    /// What it consists of, if it is a bundle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
}

impl From<VariantSnapshot> for VariantFacts {
    fn from(snapshot: VariantSnapshot) -> Self {
        let VariantSnapshot { sku, weight_grams, choices, tax_class, components, .. } = snapshot;
        // The catalog checks tax classes as this context does; what could not be read would be taxed as most goods are.
        let tax_class = tax_class.and_then(|class| TaxClass::parse(&class).ok()).unwrap_or_else(TaxClass::standard);
        let component = |BundleComponent { variant_id, quantity }| Component { variant_id, quantity };
        Self { sku, weight_grams, choices, tax_class, components: components.into_iter().map(component).collect() }
    }
}

/// What orders need of a published product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductFacts {
    /// Title.
    pub title: String,
    /// Categories that it is in itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<PromotionCategory>,
}

/// A variant that can be bought, with its product.
#[derive(Debug, Clone, Copy)]
pub struct SoldVariant<'a> {
    /// Product ID.
    pub product_id: ProductId,
    /// The variant.
    pub variant: &'a VariantFacts,
    /// The product.
    pub product: &'a ProductFacts,
}

impl VariantCopy {
    /// What a change of a variant tells.
    pub fn of_variant(fact: VariantChanged) -> Self {
        let variant = Known { revision: fact.revision, facts: fact.variant.map(VariantFacts::from) };
        Self { variant, ..Self::nothing(fact.variant_id, Some(fact.product_id)) }
    }

    /// What a change of a price tells.
    pub fn of_price(fact: PriceChanged) -> Self {
        let nothing = Self::nothing(fact.variant_id, None);
        Self { prices: BTreeMap::from([PriceCopy::of(fact)]), ..nothing }
    }

    fn nothing(variant_id: VariantId, product_id: Option<ProductId>) -> Self {
        let (variant, product) = (Known::nothing(), Known::nothing());
        Self { variant_id, product_id, variant, product, prices: BTreeMap::new() }
    }

    /// Returns what a published product says about each of its variants.
    pub fn of_product(product_id: ProductId, revision: u64, product: ProductSnapshot) -> Vec<Self> {
        // The catalog checks slugs as this context does.
        let categories = product.categories.iter().filter_map(|slug| PromotionCategory::parse(slug).ok()).collect();
        let facts = ProductFacts { title: product.title, categories };
        let copy = |variant: VariantSnapshot| Self {
            product: Known { revision, facts: Some(facts.clone()) },
            ..Self::nothing(variant.variant_id, Some(product_id)).with_variant(revision, variant)
        };
        product.variants.into_iter().map(copy).collect()
    }

    /// Returns what an archived product says about each of its variants.
    pub fn of_archived(fact: &ProductArchived) -> Vec<Self> {
        let copy = |variant_id: &VariantId| Self {
            product: Known { revision: fact.revision, facts: None },
            ..Self::nothing(*variant_id, Some(fact.product_id))
        };
        fact.variant_ids.iter().map(copy).collect()
    }

    /// Returns what is known once this is added to it; `None` if it is no news.
    pub fn after(&self, known: Option<&Self>) -> Option<Self> {
        let Some(known) = known else { return Some(self.clone()) };
        let (variant, product) = (self.variant.is_news(&known.variant), self.product.is_news(&known.product));
        let revision = |code: &String| known.prices.get(code).map_or(0, |price| price.revision);
        let prices: Vec<_> = self.prices.iter().filter(|(code, price)| revision(code) < price.revision).collect();
        if !variant && !product && prices.is_empty() {
            return None;
        }
        let mut newer = Self {
            product_id: known.product_id.or(self.product_id),
            variant: if variant { &self.variant } else { &known.variant }.clone(),
            product: if product { &self.product } else { &known.product }.clone(),
            ..known.clone()
        };
        newer.prices.extend(prices.into_iter().map(|(code, price)| (code.clone(), price.clone())));
        Some(newer)
    }

    fn with_variant(self, revision: u64, variant: VariantSnapshot) -> Self {
        Self { variant: Known { revision, facts: Some(variant.into()) }, ..self }
    }

    /// Returns what is sold: the variant and its product, while the product is published and has the variant.
    pub fn sold(&self) -> Option<SoldVariant<'_>> {
        let (variant, product) = (self.variant.facts.as_ref()?, self.product.facts.as_ref()?);
        Some(SoldVariant { product_id: self.product_id?, variant, product })
    }

    /// Returns the facts of a variant that exists in the catalog, published or not.
    pub fn existing(&self) -> Option<&VariantFacts> {
        self.variant.facts.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn snapshot(revision: u64) -> VariantSnapshot {
        VariantSnapshot {
            variant_id: VariantId::new(Uuid::from_u128(1)),
            sku: format!("S{revision}"),
            barcode: None,
            weight_grams: None,
            choices: BTreeMap::new(),
            tax_class: None,
            components: Vec::new(),
        }
    }

    /// The history of a variant: what is told in each revision of its product.
    fn told(revision: u64) -> Vec<VariantCopy> {
        let (variant_id, product_id) = (VariantId::new(Uuid::from_u128(1)), ProductId::new(Uuid::from_u128(2)));
        let product = ProductSnapshot {
            slug: "shoe".to_owned(),
            title: format!("Shoe {revision}"),
            description: None,
            categories: Vec::new(),
            attributes: BTreeMap::new(),
            variants: vec![snapshot(revision)],
            media: Vec::new(),
        };
        let changed = |variant| VariantCopy::of_variant(VariantChanged { variant_id, product_id, revision, variant });
        match revision {
            // A draft with the variant; published, renamed, archived, published again.
            1 => vec![changed(Some(snapshot(1)))],
            2 | 3 | 5 => VariantCopy::of_product(product_id, revision, product),
            4 => VariantCopy::of_archived(&ProductArchived { product_id, revision, variant_ids: vec![variant_id] }),
            // Its price in a list changes, which has revisions of its own.
            8 | 9 => vec![VariantCopy::of_price(PriceChanged {
                variant_id,
                sku: "S".to_owned(),
                price_list: "base".to_owned(),
                currency: types::CurrencyCode::parse("EUR").unwrap(),
                tiers: (revision == 8)
                    .then(|| vec![contracts::catalog::PriceTier { min_quantity: 1, amount_minor: 5 }]),
                revision,
            })],
            // Changed in one revision that is told twice, and removed.
            6 => [VariantCopy::of_product(product_id, 6, product), vec![changed(Some(snapshot(6)))]].concat(),
            _ => vec![changed(None)],
        }
    }

    fn known_after(revisions: impl IntoIterator<Item = u64>) -> Option<VariantCopy> {
        revisions.into_iter().flat_map(told).fold(None, |known, news| news.after(known.as_ref()).or(known))
    }

    #[test]
    fn a_draft_and_an_archived_product_are_not_sold() {
        let title = |known: &VariantCopy| known.product.facts.clone().map(|facts| facts.title);
        assert_eq!(title(&known_after(1..=1).unwrap()), None);
        assert_eq!(title(&known_after(1..=3).unwrap()), Some("Shoe 3".to_owned()));
        let archived = known_after(1..=4).unwrap();
        assert_eq!((title(&archived), archived.existing().unwrap().sku.as_str()), (None, "S3"));
        assert_eq!(known_after(1..=7).unwrap().existing(), None);
        // What is told first says nothing of the rest.
        assert_eq!(known_after([4]).unwrap().existing(), None);
    }

    proptest! {
        #[test]
        fn the_newest_revision_wins_in_whatever_order_and_however_often_events_come(
            last in 1..10_u64,
            extra in prop::collection::vec(1..10_u64, 0..12),
            seed in any::<prop::sample::Index>(),
        ) {
            let mut order: Vec<u64> = (1..=last).chain(extra.into_iter().filter(|revision| *revision <= last)).collect();
            let turn = seed.index(order.len());
            order.rotate_left(turn);
            if turn % 2 == 1 {
                order.reverse();
            }
            prop_assert_eq!(known_after(order), known_after(1..=last));
        }

        #[test]
        fn a_repeated_event_is_no_news(revisions in prop::collection::vec(1..10_u64, 1..8)) {
            let known = known_after(revisions.clone());
            for revision in revisions {
                for news in told(revision) {
                    prop_assert_eq!(news.after(known.as_ref()), None);
                }
            }
        }
    }
}
