//! The rules: pure and synchronous.

pub mod order;
pub mod pricing;
pub mod promotion;
pub mod stock;
