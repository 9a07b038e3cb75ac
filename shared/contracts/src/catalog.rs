//! Events of the catalog: products, their variants and prices, and the categories that list them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, MediaId, ProductId, UserId, VariantId};
use utoipa::ToSchema;

/// A variant of a product: what is sold and kept in stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantSnapshot {
    /// Variant ID.
    pub variant_id: VariantId,
    /// SKU.
    pub sku: String,
    /// Barcode (GTIN). Absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<String>,
    /// Weight in grams; of a bundle without a weight of its own, that of its components. Absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<u32>,
    /// The value of each option of the product, by the option's name.
    pub choices: BTreeMap<String, String>,
    /// Tax class. Absent for `standard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_class: Option<String>,
    /// What it consists of, if it is a bundle. A bundle has no stock of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<BundleComponent>,
}

/// A component of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BundleComponent {
    /// Variant ID. It is not a bundle itself.
    pub variant_id: VariantId,
    /// Units of it in one bundle.
    pub quantity: u32,
}

/// A picture of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductMedia {
    /// Media ID.
    pub media_id: MediaId,
    /// Alternative text: what the picture shows. Absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// Path of the files, as `media.published.v1` names it. Absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A product as the public sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductSnapshot {
    /// Slug: the name in URLs.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Description. Absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Attributes, by their names.
    pub attributes: BTreeMap<String, String>,
    /// Categories, by their slugs.
    pub categories: Vec<String>,
    /// Variants.
    pub variants: Vec<VariantSnapshot>,
    /// Pictures, in the order in which they are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<ProductMedia>,
}

/// A product became visible to the public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductPublished {
    /// Product ID.
    pub product_id: ProductId,
    /// Revision of the product. Higher is newer.
    pub revision: u64,
    /// The product.
    pub product: ProductSnapshot,
}

event!(ProductPublished, "catalog.product_published", version = 1, subject = product_id);

/// A published product changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductChanged {
    /// Product ID.
    pub product_id: ProductId,
    /// Revision of the product. Higher is newer.
    pub revision: u64,
    /// The product.
    pub product: ProductSnapshot,
}

event!(ProductChanged, "catalog.product_changed", version = 1, subject = product_id);

/// A product was archived: it is no longer visible to the public and cannot be sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductArchived {
    /// Product ID.
    pub product_id: ProductId,
    /// Revision of the product. Higher is newer.
    pub revision: u64,
    /// Variants that can no longer be sold.
    pub variant_ids: Vec<VariantId>,
}

event!(ProductArchived, "catalog.product_archived", version = 1, subject = product_id);

/// A variant was created, changed or removed, whether or not its product is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantChanged {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// Revision of the product. Higher is newer.
    pub revision: u64,
    /// The variant. Absent once it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<VariantSnapshot>,
}

event!(VariantChanged, "catalog.variant_changed", version = 1, subject = variant_id);

/// A category was created, changed, moved or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryChanged {
    /// Slug, which never changes.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Slug of the category that it is below. Absent at the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Position among the categories of its parent, from 0.
    pub position: u32,
    /// True once it was deleted.
    pub removed: bool,
    /// Revision of the category. Higher is newer.
    pub revision: u64,
}

event!(CategoryChanged, "catalog.category_changed", version = 1, subject = slug);

/// The price of one unit from a quantity on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceTier {
    /// Quantity from which the price applies.
    pub min_quantity: u32,
    /// Price of one unit in minor units of the list's currency.
    pub amount_minor: i64,
}

/// The price of a variant in a price list changed. It applies from the time of the event on, while the list applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceChanged {
    /// Variant ID.
    pub variant_id: VariantId,
    /// SKU.
    pub sku: String,
    /// Code of the price list.
    pub price_list: String,
    /// Currency of the price list.
    pub currency: CurrencyCode,
    /// Prices of one unit by quantity, the first from 1 on. Absent if the list no longer has a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<Vec<PriceTier>>,
    /// Revision of the price. Higher is newer.
    pub revision: u64,
}

event!(PriceChanged, "catalog.price_changed", version = 1, subject = variant_id);

/// A price list was created or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceListChanged {
    /// Code, which never changes.
    pub price_list: String,
    /// Title.
    pub title: String,
    /// Currency of its prices. It never changes.
    pub currency: CurrencyCode,
    /// Region where it applies. Absent for everywhere. It never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Customer group to which it applies. Absent for everybody. It never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_group: Option<String>,
    /// When it begins to apply.
    pub valid_from: Timestamp,
    /// When it ends to apply. Absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Revision of the price lists. Higher is newer.
    pub revision: u64,
}

event!(PriceListChanged, "catalog.price_list_changed", version = 1, subject = price_list);

/// A user requested an export of the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogExportRequested {
    /// User ID.
    pub user_id: UserId,
    /// Export ID.
    pub export_id: uuid::Uuid,
}

event!(CatalogExportRequested, "catalog.export_requested", version = 1, subject = export_id);
