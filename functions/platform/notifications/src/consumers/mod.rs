//! What runs without a request, one file each.

pub mod forget_user;
pub mod plan_deliveries;
pub mod send_deliveries;
pub mod suppress_addresses;
pub mod sweep_deliveries;
