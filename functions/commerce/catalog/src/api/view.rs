//! Products in requests and responses.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};
use utoipa::ToSchema;

use crate::api::texts::OptionValue;
use crate::domain::options;
use crate::domain::product::{Product, Status};
use crate::domain::variant::Variant;

/// Status of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// Not yet visible to the public.
    Draft,
    /// Visible to the public.
    Published,
    /// No longer visible to the public.
    Archived,
}

impl From<Status> for ProductStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft => Self::Draft,
            Status::Published => Self::Published,
            Status::Archived => Self::Archived,
        }
    }
}

/// Option of a product, such as the color, with the values that variants choose from.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductOption {
    /// Name, unique in the product without regard to case and diacritics.
    #[schema(min_length = 1, max_length = 30, example = "Color")]
    pub name: String,
    /// Values, unique in the option without regard to case and diacritics. Each has 1 to 50 characters.
    #[schema(value_type = Vec<OptionValue>, min_items = 1, max_items = 50, example = json!(["red", "blue"]))]
    pub values: Vec<String>,
}

impl ProductOption {
    /// Returns the option as the domain has it, before its rules are checked.
    pub fn to_domain(&self) -> options::ProductOption {
        options::ProductOption { name: self.name.clone(), values: self.values.clone() }
    }

    fn of(option: &options::ProductOption) -> Self {
        Self { name: option.name.clone(), values: option.values.clone() }
    }
}

/// Variant of a product: what is sold and kept in stock.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductVariant {
    /// Variant ID. It follows from product and SKU.
    pub id: VariantId,
    /// SKU, unique in the catalog.
    #[schema(example = "SHOE-RED-42")]
    pub sku: String,
    /// Barcode: a GTIN of 8, 12, 13 or 14 digits. Null if unknown.
    #[schema(example = "4006381333931")]
    pub barcode: Option<String>,
    /// Weight in grams. Null if unknown.
    #[schema(example = 750)]
    pub weight_grams: Option<u32>,
    /// The value of each option of the product, by the option's name.
    #[schema(example = json!({ "Color": "red" }))]
    pub choices: BTreeMap<String, String>,
}

impl ProductVariant {
    fn of(variant: &Variant) -> Self {
        let details = variant.details.clone();
        Self {
            id: variant.id,
            sku: variant.sku.to_string(),
            barcode: details.barcode.map(String::from),
            weight_grams: details.weight_grams,
            choices: details.choices,
        }
    }
}

/// A product.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductView {
    /// Product ID.
    pub id: ProductId,
    /// Slug: the name in URLs.
    #[schema(example = "red-shoe")]
    pub slug: String,
    /// Status.
    pub status: ProductStatus,
    /// Title.
    #[schema(example = "Red shoe")]
    pub title: String,
    /// Description. Null if there is none.
    #[schema(example = "Made of wool.")]
    pub description: Option<String>,
    /// Attributes: values by names.
    #[schema(example = json!({ "Material": "wool" }))]
    pub attributes: BTreeMap<String, String>,
    /// Options.
    pub options: Vec<ProductOption>,
    /// Variants, in the order in which they were added.
    pub variants: Vec<ProductVariant>,
    /// Categories, by their slugs.
    #[schema(example = json!(["shoes"]))]
    pub categories: Vec<String>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// Time of the last change.
    #[serde(serialize_with = "types::time::millis")]
    pub changed_at: Timestamp,
    /// Time of the last publication. Null before the first one.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub published_at: Option<Timestamp>,
}

impl From<&Product> for ProductView {
    fn from(product: &Product) -> Self {
        let details = product.details.clone();
        Self {
            id: product.id,
            slug: product.slug.to_string(),
            status: product.status.into(),
            title: details.title,
            description: details.description,
            attributes: details.attributes,
            options: product.options.as_slice().iter().map(ProductOption::of).collect(),
            variants: product.variants.iter().map(ProductVariant::of).collect(),
            categories: product.categories.iter().map(ToString::to_string).collect(),
            created_at: product.created_at,
            changed_at: product.changed_at,
            published_at: product.published_at,
        }
    }
}
