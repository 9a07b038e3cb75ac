//! Which product a slug or an SKU belongs to.

use serde::{Deserialize, Serialize};
use types::ProductId;

use super::names::{Sku, Slug};

/// The product that has or had a slug. If the slug is not the product's current one, it leads to the product, and another
/// product may take it over. Each claim points to a product and never to a slug, so there are no chains and no circles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlugClaim {
    /// The slug.
    pub slug: Slug,
    /// The product.
    pub product_id: ProductId,
}

/// The product that has a variant with an SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkuClaim {
    /// The SKU.
    pub sku: Sku,
    /// The product.
    pub product_id: ProductId,
}
