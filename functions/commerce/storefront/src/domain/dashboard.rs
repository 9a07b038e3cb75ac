//! The figures of the dashboard, spread over shards.
//!
//! A shard changes in the transaction that changes the page of an order, by the difference between what the order adds before and
//! after. So figures are the sum over all orders, however often events arrive. Each order belongs to one shard.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, OrderId};

use super::order::OrderPage;
use super::order_status::{Contribution, Revenue};

/// Number of shards. 1,000 orders per minute with six events each change a shard three times per second, so that few
/// changes meet. Keys depend on it: it never changes.
pub const SHARDS: u8 = 32;
/// Number of days of revenue that a shard keeps: the newest.
pub const MAX_DAYS: usize = 8;

/// Revenue of a day in a currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRevenue {
    /// Amount in minor units.
    pub amount_minor: i64,
    /// Number of confirmed orders.
    pub orders: i64,
}

/// A part of the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Number of the shard.
    pub shard: u8,
    /// Open orders.
    pub open: i64,
    /// Orders with units to be shipped.
    pub to_ship: i64,
    /// Orders that need attention.
    pub attention: i64,
    /// Revenue by day in UTC and currency.
    pub revenue: BTreeMap<String, BTreeMap<String, DayRevenue>>,
    /// Time of the newest event.
    pub as_of: Timestamp,
}

/// Returns the shard of an order. The last byte of an order ID is random.
pub fn shard_of(order: OrderId) -> u8 {
    order.uuid().as_bytes()[15] % SHARDS
}

impl Shard {
    /// A shard without orders.
    pub const fn empty(shard: u8) -> Self {
        Self { shard, open: 0, to_ship: 0, attention: 0, revenue: BTreeMap::new(), as_of: Timestamp::UNIX_EPOCH }
    }

    /// Returns the shard after the page of an order changed.
    #[must_use]
    pub fn after(&self, before: Option<&OrderPage>, after: &OrderPage) -> Self {
        let was = before.map(OrderPage::contribution).unwrap_or_default();
        let is = after.contribution();
        let mut next = self.clone();
        next.open += is.open - was.open;
        next.to_ship += is.to_ship - was.to_ship;
        next.attention += is.attention - was.attention;
        next.add_revenue(&was, -1);
        next.add_revenue(&is, 1);
        while next.revenue.len() > MAX_DAYS {
            next.revenue.pop_first();
        }
        next.as_of = next.as_of.max(after.as_of);
        next
    }

    fn add_revenue(&mut self, contribution: &Contribution, sign: i64) {
        let Some(Revenue { day, currency, amount_minor }) = &contribution.revenue else { return };
        let day = self.revenue.entry(day.to_string()).or_default();
        let sum = day.entry(currency.to_string()).or_default();
        sum.amount_minor = sum.amount_minor.saturating_add(sign.saturating_mul(*amount_minor));
        sum.orders = sum.orders.saturating_add(sign);
    }
}

/// Returns the sum of all shards.
pub fn total(shards: impl IntoIterator<Item = Shard>) -> Shard {
    shards.into_iter().fold(Shard::empty(0), |mut sum, shard| {
        sum.open += shard.open;
        sum.to_ship += shard.to_ship;
        sum.attention += shard.attention;
        for (day, currencies) in shard.revenue {
            let of_day = sum.revenue.entry(day).or_default();
            for (currency, revenue) in currencies {
                let known = of_day.entry(currency).or_default();
                known.amount_minor = known.amount_minor.saturating_add(revenue.amount_minor);
                known.orders += revenue.orders;
            }
        }
        sum.as_of = sum.as_of.max(shard.as_of);
        sum
    })
}

impl Shard {
    /// Returns the revenue of a day, ordered by currency.
    pub fn revenue_of(&self, day: Date) -> Vec<(CurrencyCode, DayRevenue)> {
        let of_day = self.revenue.get(&day.to_string()).into_iter().flatten();
        of_day.filter_map(|(currency, revenue)| Some((CurrencyCode::parse(currency).ok()?, *revenue))).collect()
    }
}
