//! The rules: pure and synchronous.

pub mod availability;
pub mod level;
pub mod location;
pub mod movement;
pub mod order;
pub mod pricing;
pub mod promotion;
pub mod shipping;
pub mod stock;
pub mod taxes;
pub mod variant_copy;
