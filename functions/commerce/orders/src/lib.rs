//! Orders: stock, carts, promotions, orders, shipments and returns.

pub mod domain;
