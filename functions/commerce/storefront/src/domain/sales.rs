//! Units sold, for bestsellers: a counter per day, product and shard.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};
use types::{OrderId, ProductId};

use super::order::OrderPage;
use super::order_status::Contribution;

/// Number of shards of a day: orders of one product are counted in as many items. Keys depend on it: it never changes.
pub const SALES_SHARDS: u8 = 8;
/// Number of days whose sales make bestsellers, today included.
pub const WINDOW_DAYS: i64 = 7;
/// How long a counter is kept after its day, in seconds.
const KEEP_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Units of a product sold on a day, in one shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sales {
    /// Day in UTC.
    pub day: Date,
    /// Shard.
    pub shard: u8,
    /// Product ID.
    pub product_id: ProductId,
    /// Units.
    pub units: i64,
}

impl Sales {
    /// Returns when the counter may be deleted, in seconds since 1970.
    pub fn expires_at(&self) -> Option<i64> {
        let start = self.day.to_zoned(TimeZone::UTC).ok()?;
        Some(start.timestamp().as_second().saturating_add(KEEP_SECONDS))
    }
}

/// Returns what the change of an order's page adds to sales. Cancellations take nothing away: bestsellers are what buyers chose.
pub fn added(before: Option<&OrderPage>, after: &OrderPage) -> Vec<Sales> {
    let was = before.map(OrderPage::contribution).unwrap_or_default();
    let is = after.contribution();
    let (Some(revenue), true) = (&is.revenue, was.units.is_empty()) else { return Vec::new() };
    let (day, shard) = (revenue.day, shard_of(after.order_id));
    let Contribution { units, .. } = &is;
    units.iter().map(|(product_id, units)| Sales { day, shard, product_id: *product_id, units: *units }).collect()
}

/// Returns the shard of an order's sales.
fn shard_of(order: OrderId) -> u8 {
    order.uuid().as_bytes()[15] % SALES_SHARDS
}

/// Returns the days whose sales make bestsellers, and their shards.
pub fn window(now: Timestamp) -> impl Iterator<Item = (Date, u8)> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let days = (0..WINDOW_DAYS).map(move |back| today.saturating_sub(back.days()));
    days.flat_map(|day| (0..SALES_SHARDS).map(move |shard| (day, shard)))
}

/// Returns the products that sold most, best first. Of equal ones the one with the higher ID.
pub fn ranking(sales: impl IntoIterator<Item = Sales>) -> Vec<ProductId> {
    let mut units: BTreeMap<ProductId, i64> = BTreeMap::new();
    for sale in sales {
        let sum = units.entry(sale.product_id).or_default();
        *sum = sum.saturating_add(sale.units);
    }
    let mut ranking: Vec<_> = units.into_iter().collect();
    ranking.sort_by_key(|(product, units)| std::cmp::Reverse((*units, *product)));
    ranking.into_iter().map(|(product, _)| product).collect()
}
