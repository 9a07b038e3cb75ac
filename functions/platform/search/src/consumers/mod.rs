//! What runs without a request, one file each.

pub mod index_products;
