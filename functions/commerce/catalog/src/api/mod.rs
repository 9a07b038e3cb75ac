//! HTTP endpoints, one per file, and their shared parts.

pub mod archive_product;
mod category_view;
pub mod create_catalog_export;
pub mod create_import;
pub mod create_product;
pub mod delete_category;
pub mod delete_variant;
pub mod get_admin_product;
pub mod get_catalog_export;
pub mod get_category;
pub mod get_import;
pub mod get_product;
pub mod get_variant_price;
pub mod list_admin_products;
pub mod list_categories;
pub mod list_category_products;
pub mod list_price_lists;
pub mod list_variant_prices;
mod price_view;
pub mod publish_product;
mod rules;
pub mod set_category;
pub mod set_price_list;
pub mod set_prices;
pub mod set_product_slug;
pub mod set_variant;
mod texts;
pub mod transfer_view;
pub mod update_product;
mod view;

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "catalog", description = "Products with options, variants and prices, and the categories that list them. Everybody may read what is published; managers and admins may change it.")), paths(
    archive_product::archive_product,
    create_catalog_export::create_catalog_export,
    create_import::create_import,
    create_product::create_product,
    delete_category::delete_category,
    delete_variant::delete_variant,
    get_admin_product::get_admin_product,
    get_catalog_export::get_catalog_export,
    get_category::get_category,
    get_import::get_import,
    get_product::get_product,
    get_variant_price::get_variant_price,
    list_admin_products::list_admin_products,
    list_categories::list_categories,
    list_category_products::list_category_products,
    list_price_lists::list_price_lists,
    list_variant_prices::list_variant_prices,
    publish_product::publish_product,
    set_category::set_category,
    set_price_list::set_price_list,
    set_prices::set_prices,
    set_product_slug::set_product_slug,
    set_variant::set_variant,
    update_product::update_product
))]
pub struct Api;
