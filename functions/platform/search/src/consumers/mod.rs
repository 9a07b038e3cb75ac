//! What runs without a request, one file each.

pub mod build_index;
pub mod check_index;
pub mod index_products;
mod writing;
