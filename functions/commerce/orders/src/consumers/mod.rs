//! What runs without a request, one file each.

pub mod forget_user;
pub mod issue_invoices;
pub mod keep_prices;
pub mod keep_variants;
pub mod notify_buyers;
pub mod refresh_availability;
pub mod settle_payments;
pub mod sweep_orders;
