//! Baskets: which products were bought together.

use std::collections::BTreeMap;

use contracts::orders::OrderConfirmed;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{OrderId, ProductId, UserId};

/// Most products of a basket that are kept.
pub const MAX_LINES: usize = 50;
/// How long a basket is kept, from the time of the order: half a year has the products of most seasons.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(180 * 24);

/// Units of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasketLine {
    /// Product ID.
    pub product_id: ProductId,
    /// Number of units.
    pub quantity: u32,
}

/// What an order contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basket {
    /// Order ID.
    pub order_id: OrderId,
    /// User ID of the buyer. None for guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// When the order was placed.
    pub placed_at: Timestamp,
    /// Its products, each once.
    pub lines: Vec<BasketLine>,
}

impl Basket {
    /// The basket of a confirmed order.
    pub fn of(fact: OrderConfirmed) -> Self {
        let mut units: BTreeMap<ProductId, u32> = BTreeMap::new();
        for line in fact.lines {
            let count = units.entry(line.product_id).or_default();
            *count = count.saturating_add(line.quantity);
        }
        let lines = units.into_iter().map(|(product_id, quantity)| BasketLine { product_id, quantity });
        Self {
            order_id: fact.order.order_id,
            user_id: fact.order.user_id,
            placed_at: fact.order.placed_at,
            lines: lines.take(MAX_LINES).collect(),
        }
    }

    /// When the basket is deleted, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        (self.placed_at + LIFETIME).as_second()
    }

    /// True once the basket must no longer be used: the table deletes it later.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at() <= now.as_second()
    }
}
