//! What runs without a request, one file each.

pub mod forget_user;
pub mod keep_prices;
pub mod keep_variants;
