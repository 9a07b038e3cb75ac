//! The endpoints, one file each, and the views that they share.

pub mod card_view;
pub mod dashboard_view;
pub mod get_backoffice_order;
pub mod get_dashboard;
pub mod get_mobile_category;
pub mod get_mobile_home;
pub mod get_mobile_product;
pub mod get_web_category;
pub mod get_web_home;
pub mod get_web_product;
pub mod lookup;
pub mod mobile_view;
pub mod order_parts;
pub mod order_view;
pub mod parameters;
pub mod product_view;

use kit::openapi::Conventions;

/// How long clients and caches may use a page without asking again, in seconds.
pub const MAX_AGE_SECONDS: u32 = 60;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(
    modifiers(&Conventions),
    tags((
        name = "storefront",
        description = "Pages of the shop for web, mobile and back office. They are built from events and follow changes within seconds: `asOf` is the time of the newest event that a page shows."
    )),
    paths(
        get_backoffice_order::get_backoffice_order,
        get_dashboard::get_dashboard,
        get_mobile_category::get_mobile_category,
        get_mobile_home::get_mobile_home,
        get_mobile_product::get_mobile_product,
        get_web_category::get_web_category,
        get_web_home::get_web_home,
        get_web_product::get_web_product
    )
)]
pub struct Api;
