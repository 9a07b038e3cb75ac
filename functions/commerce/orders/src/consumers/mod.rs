//! What runs without a request, one file each.

pub mod forget_user;
pub mod keep_prices;
pub mod keep_variants;
pub mod refresh_availability;
pub mod settle_payments;
pub mod sweep_orders;
