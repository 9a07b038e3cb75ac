//! What runs without a request, one file each.

pub mod build_catalog_pages;
pub mod build_home;
pub mod build_order_pages;
