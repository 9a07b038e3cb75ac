//! The rules: pure and synchronous.

pub mod address;
pub mod availability;
pub mod level;
pub mod location;
pub mod movement;
pub mod order;
pub mod order_number;
pub mod placed;
pub mod pricing;
pub mod promotion;
pub mod shipping;
pub mod stock;
pub mod taxes;
pub mod unit_changes;
pub mod variant_copy;
