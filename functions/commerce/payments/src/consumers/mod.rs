//! What runs without a request, one file each.

pub mod apply_order_events;
pub mod forget_user;
pub mod sweep_payments;
