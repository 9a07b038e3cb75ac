//! HTTP endpoints, one per file, and their shared parts.

pub mod adjust_stock;
pub mod get_shipping_settings;
pub mod get_stock;
pub mod get_tax_settings;
pub mod list_locations;
pub mod list_movements;
pub mod list_shipping_methods;
pub mod set_location;
pub mod set_shipping_settings;
pub mod set_stock;
pub mod set_tax_settings;
mod settings_view;
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
#[openapi(modifiers(&Conventions), tags((name = "orders", description = "Locations, stock, taxes and shipping methods. Managers and admins only, except for the list of shipping methods.")), paths(
    adjust_stock::adjust_stock,
    get_shipping_settings::get_shipping_settings,
    get_stock::get_stock,
    get_tax_settings::get_tax_settings,
    list_locations::list_locations,
    list_movements::list_movements,
    list_shipping_methods::list_shipping_methods,
    set_location::set_location,
    set_shipping_settings::set_shipping_settings,
    set_stock::set_stock,
    set_tax_settings::set_tax_settings,
))]
#[derive(Debug)]
pub struct Api;
