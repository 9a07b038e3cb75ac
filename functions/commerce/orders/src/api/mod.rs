//! HTTP endpoints, one per file, and their shared parts.

pub mod add_cart_code;
pub mod adjust_stock;
pub mod cancel_order;
pub mod cancel_shipment;
mod cart_body;
mod cart_view;
mod checkout_view;
pub mod create_cart;
pub mod create_guest_key;
pub mod create_return;
pub mod create_shipment;
mod explanation_view;
mod fulfilment_view;
pub mod get_cart;
pub mod get_checkout_settings;
pub mod get_customer_group;
pub mod get_invoice;
pub mod get_order;
pub mod get_promotion;
pub mod get_region_settings;
pub mod get_shipping_settings;
pub mod get_stock;
pub mod get_tax_settings;
mod line_units;
pub mod list_all_orders;
pub mod list_invoices;
pub mod list_locations;
pub mod list_movements;
pub mod list_orders;
pub mod list_promotions;
pub mod list_returns;
pub mod list_shipments;
pub mod list_shipping_methods;
pub mod list_stock;
pub mod merge_cart;
mod order_view;
pub mod place_order;
mod priced_view;
mod promotion_view;
pub mod receive_return;
pub mod reject_return;
pub mod remove_cart_code;
pub mod set_cart_details;
pub mod set_cart_line;
pub mod set_checkout_settings;
pub mod set_customer_group;
pub mod set_location;
pub mod set_promotion;
pub mod set_region_settings;
pub mod set_shipping_settings;
pub mod set_stock;
pub mod set_tax_settings;
mod settings_view;
pub mod update_shipment;
mod view;

use kit::openapi::Conventions;
use serde::Deserialize;
use types::{CartId, LocationId, VariantId};

use crate::domain::names::PromotionCode;

/// Path of the stock of a variant at a location.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockPath {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Location ID.
    pub location_id: LocationId,
}

/// Path of a line of a cart.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartLinePath {
    /// Cart ID.
    pub id: CartId,
    /// Variant ID.
    pub variant_id: VariantId,
}

/// Path of a promotion code of a cart.
#[derive(Debug, Clone, Deserialize)]
pub struct CartCodePath {
    /// Cart ID.
    pub id: CartId,
    /// Promotion code, in either case.
    pub code: PromotionCode,
}

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "orders", description = "Carts of users and guests, orders, shipments, returns and invoices; promotions, customer groups, locations, stock and settings, which managers and admins keep.")), paths(add_cart_code::add_cart_code, adjust_stock::adjust_stock, cancel_order::cancel_order, cancel_shipment::cancel_shipment, create_cart::create_cart, create_guest_key::create_guest_key, create_return::create_return, create_shipment::create_shipment, get_cart::get_cart, get_checkout_settings::get_checkout_settings, get_customer_group::get_customer_group, get_invoice::get_invoice, get_order::get_order, get_promotion::get_promotion, get_region_settings::get_region_settings, get_shipping_settings::get_shipping_settings, get_stock::get_stock, get_tax_settings::get_tax_settings, list_all_orders::list_all_orders, list_invoices::list_invoices, list_locations::list_locations, list_movements::list_movements, list_orders::list_orders, list_promotions::list_promotions, list_returns::list_returns, list_shipments::list_shipments, list_shipping_methods::list_shipping_methods, list_stock::list_stock, merge_cart::merge_cart, place_order::place_order, receive_return::receive_return, reject_return::reject_return, remove_cart_code::remove_cart_code, set_cart_details::set_cart_details, set_cart_line::set_cart_line, set_checkout_settings::set_checkout_settings, set_customer_group::set_customer_group, set_location::set_location, set_promotion::set_promotion, set_region_settings::set_region_settings, set_shipping_settings::set_shipping_settings, set_stock::set_stock, set_tax_settings::set_tax_settings, update_shipment::update_shipment))]
#[derive(Debug)]
pub struct Api;
