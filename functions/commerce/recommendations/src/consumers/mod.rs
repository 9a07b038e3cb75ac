//! The consumers and the schedule, one file each.

pub mod build_model;
pub mod forget_user;
pub mod keep_orders;
pub mod keep_products;
