//! Variants: what is sold and kept in stock.

use contracts::catalog::VariantSnapshot;
use serde::{Deserialize, Serialize};
use types::{ProductId, TaxClass, VariantId, derive_id};

use super::barcode::Barcode;
use super::bundle::Components;
use super::names::Sku;
use super::options::Choices;

/// Maximum weight of a variant in grams: ten tonnes.
pub const MAX_WEIGHT_GRAMS: u32 = 10_000_000;

/// What can be changed of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VariantDetails {
    /// Barcode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<Barcode>,
    /// Weight in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<u32>,
    /// The value of each option.
    pub choices: Choices,
    /// Tax class.
    #[serde(default)]
    pub tax_class: TaxClass,
    /// What it consists of, if it is a bundle.
    #[serde(default, skip_serializing_if = "Components::is_empty")]
    pub components: Components,
}

/// A variant of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Variant ID.
    pub id: VariantId,
    /// SKU, which never changes.
    pub sku: Sku,
    /// The rest.
    pub details: VariantDetails,
    /// Weight of all components in grams, of a bundle. It follows their weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components_weight_grams: Option<u32>,
}

impl Variant {
    /// A variant of a product. Its ID follows from product and SKU, so a variant that is removed and added again is the same.
    pub fn new(product_id: ProductId, sku: Sku, details: VariantDetails) -> Self {
        Self { id: Self::id_of(product_id, &sku), sku, details, components_weight_grams: None }
    }

    /// Returns the ID of the variant of a product with an SKU, whether or not it exists.
    pub fn id_of(product_id: ProductId, sku: &Sku) -> VariantId {
        VariantId::new(derive_id(&["catalog variant", &product_id.to_string(), sku.as_str()]))
    }

    /// Gives it other details. The weight of other components is not known yet.
    pub fn replace(&mut self, details: VariantDetails) {
        let is_same = self.details.components == details.components;
        self.components_weight_grams = self.components_weight_grams.filter(|_| is_same);
        self.details = details;
    }

    /// True if it consists of other variants.
    pub fn is_bundle(&self) -> bool {
        !self.details.components.is_empty()
    }

    /// Returns its own weight in grams, or that of its components if it has none.
    pub fn weight_grams(&self) -> Option<u32> {
        self.details.weight_grams.or(self.components_weight_grams)
    }

    /// The variant as events show it.
    pub fn snapshot(&self) -> VariantSnapshot {
        let VariantDetails { barcode, weight_grams: _, choices, tax_class, components } = self.details.clone();
        VariantSnapshot {
            variant_id: self.id,
            sku: self.sku.to_string(),
            barcode: barcode.map(String::from),
            weight_grams: self.weight_grams(),
            choices,
            tax_class: (!tax_class.is_standard()).then(|| tax_class.to_string()),
            components: components.snapshot(),
        }
    }
}
