//! HTTP endpoints, one per file, and their shared parts.

pub mod adjust_stock;
pub mod get_stock;
pub mod list_locations;
pub mod list_movements;
pub mod set_location;
pub mod set_stock;
mod view;

use kit::openapi::Conventions;
use serde::Deserialize;
use types::{LocationId, VariantId};

/// Path of the stock of a variant at a location.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockPath {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Location ID.
    pub location_id: LocationId,
}

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "orders", description = "Locations and stock. Managers and admins only.")), paths(
    adjust_stock::adjust_stock,
    get_stock::get_stock,
    list_locations::list_locations,
    list_movements::list_movements,
    set_location::set_location,
    set_stock::set_stock,
))]
#[derive(Debug)]
pub struct Api;
