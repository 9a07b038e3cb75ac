//! Events of orders: stock, orders, shipments and returns.

use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};
use utoipa::ToSchema;

/// Whether a variant can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockAvailability {
    /// It can be ordered.
    InStock,
    /// Few units can be ordered.
    LowStock,
    /// It cannot be ordered.
    OutOfStock,
}

/// The availability of a variant changed. A change of the number of units alone is not published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityChanged {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// The availability.
    pub availability: StockAvailability,
    /// Revision of the variant's stock. Higher is newer.
    pub revision: u64,
}

event!(AvailabilityChanged, "orders.availability_changed", version = 1, subject = variant_id);
