//! Popularity of products: the units sold in the last 30 days.
//!
//! Each confirmed order is an item of its own, so that an event which comes twice counts once. They are summed when an index is
//! built, and expire.

use std::collections::BTreeMap;

use contracts::orders::OrderConfirmed;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};
use types::{OrderId, ProductId};

use super::report::day_of;

/// Number of days whose sales make the popularity, today included.
pub const POPULARITY_DAYS: i64 = 30;
/// Number of shards of a day, which are read independently. Keys depend on it: it never changes.
pub const SALES_SHARDS: u8 = 4;
/// Units of a product of one order that count: one large order, which may be refunded, does not outrank many buyers.
pub const MAX_UNITS_PER_ORDER: u32 = 10;
/// How long an order is kept after its day, in days: longer than it counts.
const KEEP_DAYS: i64 = POPULARITY_DAYS + 2;

/// What an order sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderUnits {
    /// Order ID.
    pub order_id: OrderId,
    /// Day of the order, in UTC.
    pub day: Date,
    /// Units of each product, at most [`MAX_UNITS_PER_ORDER`]. A bundle counts as its own product.
    pub units: BTreeMap<ProductId, u32>,
}

impl OrderUnits {
    /// What a confirmed order sold.
    pub fn of(event: &OrderConfirmed) -> Self {
        let mut units: BTreeMap<ProductId, u32> = BTreeMap::new();
        for line in &event.lines {
            let sum = units.entry(line.product_id).or_default();
            *sum = sum.saturating_add(line.quantity).min(MAX_UNITS_PER_ORDER);
        }
        Self { order_id: event.order.order_id, day: day_of(event.order.placed_at), units }
    }

    /// True if the order no longer counts.
    pub fn is_old(&self, now: Timestamp) -> bool {
        self.day <= day_of(now).saturating_sub(POPULARITY_DAYS.days())
    }

    /// Returns when the order may be deleted, in seconds since 1970.
    pub fn expires_at(&self) -> Option<i64> {
        let day = self.day.checked_add(KEEP_DAYS.days()).ok()?;
        Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
    }

    /// Returns the shard of an order.
    pub fn shard(&self) -> u8 {
        self.order_id.uuid().as_bytes()[15] % SALES_SHARDS
    }
}

/// Returns the days whose sales make the popularity, and their shards.
pub fn window(now: Timestamp) -> impl Iterator<Item = (Date, u8)> {
    let today = day_of(now);
    let days = (0..POPULARITY_DAYS).map(move |back| today.saturating_sub(back.days()));
    days.flat_map(|day| (0..SALES_SHARDS).map(move |shard| (day, shard)))
}

/// The popularity of each product.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Popularity(BTreeMap<ProductId, u32>);

impl Popularity {
    /// Adds what an order sold.
    pub fn add(&mut self, order: OrderUnits) {
        for (product, units) in order.units {
            self.add_units(product, units);
        }
    }

    /// Returns the sum of both. It has an entry for each product, however many orders there were.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        for (product, units) in other.0 {
            self.add_units(product, units);
        }
        self
    }

    fn add_units(&mut self, product: ProductId, units: u32) {
        let sum = self.0.entry(product).or_default();
        *sum = sum.saturating_add(units);
    }

    /// The units of a document by its ID; 0 if it was not sold.
    pub fn of_document(&self, id: &str) -> u32 {
        let product: Option<ProductId> = id.parse().ok();
        product.and_then(|product| self.0.get(&product).copied()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use contracts::orders::{OrderFacts, SoldUnits};
    use types::{CurrencyCode, Uuid, VariantId};

    use super::*;

    fn order(number: u128, placed_at: &str, products: &[(u128, u32)]) -> OrderUnits {
        let line = |(product, quantity): &(u128, u32)| SoldUnits {
            line: 0,
            variant_id: VariantId::new(Uuid::from_u128(1)),
            product_id: ProductId::new(Uuid::from_u128(*product)),
            quantity: *quantity,
            gross_minor: 1,
        };
        OrderUnits::of(&OrderConfirmed {
            order: OrderFacts {
                order_id: OrderId::new(Uuid::from_u128(number)),
                number: "1".to_owned(),
                user_id: None,
                currency: CurrencyCode::parse("EUR").unwrap(),
                total_minor: 1,
                placed_at: placed_at.parse().unwrap(),
            },
            lines: products.iter().map(line).collect(),
        })
    }

    #[test]
    fn the_units_of_all_orders_and_lines_are_summed() {
        let orders =
            [order(1, "2026-11-01T00:00:00Z", &[(7, 2), (7, 1), (8, 1)]), order(2, "2026-11-02T00:00:00Z", &[(8, 4)])];
        let sum = |orders: &[OrderUnits]| {
            orders.iter().cloned().fold(Popularity::default(), |mut sum, order| {
                sum.add(order);
                sum
            })
        };
        let popularity = sum(&orders);
        let of = |product: u128| popularity.of_document(&Uuid::from_u128(product).to_string());
        assert_eq!((of(7), of(8), of(9), popularity.of_document("x")), (3, 5, 0, 0));
        assert_eq!(sum(&orders[..1]).merged(sum(&orders[1..])), popularity);
    }

    #[test]
    fn of_one_order_few_units_of_a_product_count() {
        let order = order(1, "2026-11-01T00:00:00Z", &[(7, 10_000), (7, u32::MAX), (8, 2)]);
        assert_eq!(order.units.into_values().collect::<Vec<_>>(), [10, 2]);
    }

    #[test]
    fn an_order_counts_for_thirty_days_and_is_kept_for_longer() {
        let order = order(5, "2026-11-01T23:59:59Z", &[(7, 1)]);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(!order.is_old(at("2026-11-30T23:59:59Z")) && order.is_old(at("2026-12-01T00:00:00Z")));
        assert_eq!(order.expires_at(), Some(at("2026-12-03T00:00:00Z").as_second()));
        let window: Vec<_> = window(at("2026-11-30T12:00:00Z")).collect();
        assert_eq!(window.len(), 120);
        assert!(window.contains(&(order.day, order.shard())));
    }
}
