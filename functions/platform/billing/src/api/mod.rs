//! HTTP endpoints, one per file, and their shared parts.

mod billing_view;
mod catalogue_view;
mod coupon_view;
pub mod create_coupon;
pub mod end_grant;
pub mod get_billing;
pub mod get_catalogue;
pub mod get_user_billing;
pub mod list_coupons;
pub mod list_plans;
pub mod publish_price;
pub mod retire_coupon;
pub mod retire_plan;
pub mod retire_price;
pub mod retire_product;
pub mod set_grant;
pub mod set_plan;
pub mod set_product;

use kit::openapi::Conventions;
use serde::Deserialize;

/// Path of something with a code.
#[derive(Debug, Clone, Deserialize)]
pub struct CodePath<C> {
    /// The code.
    pub code: C,
}

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "billing", description = "Plans with their prices and coupons, and the plan of a user. Plans can be granted by admins; they cannot be bought yet.")), paths(
    create_coupon::create_coupon,
    end_grant::end_grant,
    get_billing::get_billing,
    get_catalogue::get_catalogue,
    get_user_billing::get_user_billing,
    list_coupons::list_coupons,
    list_plans::list_plans,
    publish_price::publish_price,
    retire_coupon::retire_coupon,
    retire_plan::retire_plan,
    retire_price::retire_price,
    retire_product::retire_product,
    set_grant::set_grant,
    set_plan::set_plan,
    set_product::set_product
))]
pub struct Api;
