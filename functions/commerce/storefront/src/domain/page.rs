//! The page of a product, as it is stored: everything that a request shows, but what depends on the time.

use std::collections::{BTreeMap, BTreeSet};

use contracts::catalog::{ProductSnapshot, VariantSnapshot};
use contracts::orders::StockAvailability;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};

use super::product::ProductState;
use super::stock;
use super::variant::VariantFacts;

/// Maximum number of different components of a product's bundles whose SKU, choices and availability the page shows. They are
/// read in one batch. Further ones have an ID and a quantity only, and the availability of their bundles is unknown.
pub const MAX_SHOWN_COMPONENTS: usize = 100;

/// The page of a published product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductPage {
    /// Revision of the product.
    pub revision: u64,
    /// The product.
    pub product: ProductSnapshot,
    /// What the events of its variants say, in the order of the product's variants.
    pub sales: Vec<Sale>,
    /// Prices of one unit in minor units by the code of the price list, in the order of the product's variants.
    pub prices: BTreeMap<String, Vec<Option<i64>>>,
    /// Components of bundles.
    pub components: BTreeMap<VariantId, Component>,
    /// Time of the oldest event of the product: since when it is public.
    pub since: Timestamp,
    /// Time of the newest event that it shows.
    pub as_of: Timestamp,
}

/// How a variant is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// Number of the variant's facts that it is from: see [`VariantFacts::sequence`].
    pub sequence: u64,
    /// Availability; none if nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<StockAvailability>,
}

/// A component of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Number of the variant's facts that it is from.
    pub sequence: u64,
    /// Its product, while that is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// SKU, while the product is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The value of each option.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<String, String>,
    /// Availability; none if nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<StockAvailability>,
}

/// Facts of variants by their IDs.
pub type KnownVariants = BTreeMap<VariantId, VariantFacts>;

/// Returns the components of a product's bundles whose facts its page shows.
pub fn shown_components(product: &ProductSnapshot) -> BTreeSet<VariantId> {
    let all: BTreeSet<_> = components(product).collect();
    all.into_iter().take(MAX_SHOWN_COMPONENTS).collect()
}

/// Returns the components of a product's bundles; some more than once.
fn components(product: &ProductSnapshot) -> impl Iterator<Item = VariantId> {
    product.variants.iter().flat_map(|variant| &variant.components).map(|component| component.variant_id)
}

impl ProductPage {
    /// The page of a product in this state, with what is known of its variants and their components.
    pub fn build(
        state: &ProductState,
        product: ProductSnapshot,
        known: &KnownVariants,
        published: &BTreeSet<ProductId>,
    ) -> Self {
        let ProductState { revision, at, since, .. } = *state;
        let shown = shown_components(&product);
        let components: BTreeMap<_, _> =
            shown.iter().filter_map(|id| Some((*id, Component::of(known.get(id)?, published)))).collect();
        let sales = product.variants.iter().map(|variant| Sale::of(variant, known, &components)).collect();
        let own = product.variants.iter().map(|variant| variant.variant_id);
        let as_of = own.chain(shown).filter_map(|id| known.get(&id)).map(|facts| facts.as_of).fold(at, Ord::max);
        let prices = prices(&product.variants, known);
        Self { revision, product, sales, prices, components, since: since.unwrap_or(at), as_of }
    }

    /// Returns the price of a variant in a list, by its index.
    pub fn amount(&self, list: &str, variant: usize) -> Option<i64> {
        self.prices.get(list)?.get(variant).copied().flatten()
    }
}

impl Sale {
    fn of(variant: &VariantSnapshot, known: &KnownVariants, components: &BTreeMap<VariantId, Component>) -> Self {
        let facts = known.get(&variant.variant_id);
        let of_component = |id: &VariantId| components.get(id).and_then(|component| component.availability);
        let availability = if variant.components.is_empty() {
            facts.and_then(|facts| facts.stock.value)
        } else {
            stock::of_bundle(variant.components.iter().map(|component| of_component(&component.variant_id)))
        };
        Self { sequence: facts.map_or(0, VariantFacts::sequence), availability }
    }
}

impl Component {
    /// Of a product that is not published, the page tells neither ID nor SKU.
    fn of(facts: &VariantFacts, published: &BTreeSet<ProductId>) -> Self {
        let details = facts.details.value.clone();
        let product_id = facts.product_id.filter(|product| published.contains(product));
        let (sku, choices) = details.map(|details| (details.sku, details.choices)).unzip();
        Self {
            sequence: facts.sequence(),
            product_id,
            sku: sku.filter(|_| product_id.is_some()),
            choices: choices.unwrap_or_default(),
            availability: facts.stock.value,
        }
    }
}

fn prices(variants: &[VariantSnapshot], known: &KnownVariants) -> BTreeMap<String, Vec<Option<i64>>> {
    let mut prices: BTreeMap<String, Vec<Option<i64>>> = BTreeMap::new();
    for (at, variant) in variants.iter().enumerate() {
        for (list, price) in known.get(&variant.variant_id).iter().flat_map(|facts| &facts.prices) {
            let Some(amount) = price.value else { continue };
            let amounts = prices.entry(list.clone()).or_insert_with(|| vec![None; variants.len()]);
            if let Some(own) = amounts.get_mut(at) {
                *own = Some(amount);
            }
        }
    }
    prices
}
