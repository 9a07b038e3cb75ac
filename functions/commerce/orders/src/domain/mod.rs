//! The rules: pure and synchronous.

pub mod address;
pub mod amounts;
pub mod availability;
pub mod cancellation;
pub mod cart;
pub mod cart_pricing;
mod cart_promotions;
pub mod checkout;
pub mod customer;
pub mod entries;
pub mod explanation;
pub mod invoice;
pub mod level;
pub mod limits;
pub mod listed_state;
pub mod location;
pub mod movement;
pub mod names;
pub mod order;
#[cfg(test)]
pub mod order_fixture;
pub mod order_notice;
pub mod order_number;
pub mod order_return;
pub mod placed;
#[cfg(test)]
mod placed_fixture;
pub mod placing;
pub mod prices;
pub mod pricing;
pub mod promotion;
pub mod regions;
pub mod settlement;
pub mod shipment;
pub mod shipping;
pub mod shop_promotion;
pub mod stock;
pub mod taxes;
pub mod unit_changes;
pub mod variant_copy;
