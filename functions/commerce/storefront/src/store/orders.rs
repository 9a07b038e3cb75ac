//! Pages of orders, and the figures of the dashboard.

use dynamo::{Count, IndexKey, Key, Read, StoreError, Versioned};
use types::OrderId;

use super::{Store, Written, order_key, put, shard_key, written};
use crate::domain::dashboard::{SHARDS, Shard, shard_of, total};
use crate::domain::order::OrderPage;
use crate::domain::sales::{self, Sales};
use crate::domain::variant::VariantFacts;

/// Number of orders and variants that the dashboard names.
const MAX_NAMED: u32 = 20;
/// Largest number of units of a counter.
const MAX_UNITS: i64 = i64::MAX / 2;

/// The items that an event of an order changes, as they were read.
#[derive(Debug)]
pub struct OrderRead {
    /// The page.
    pub page: Option<Versioned<OrderPage>>,
    shard: Option<Versioned<Shard>>,
}

/// Variants of which few or no units can be ordered.
pub type Scarce = Vec<VariantFacts>;

/// What the dashboard shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The sum of all shards.
    pub total: Shard,
    /// Orders that need attention, those that wait longest first.
    pub attention: Vec<OrderPage>,
    /// Variants of which no units can be ordered.
    pub out_of_stock: Scarce,
    /// Variants of which few units can be ordered.
    pub low_stock: Scarce,
}

impl Store {
    /// Reads the page of an order and the shard of its figures in one round trip.
    pub async fn read_order(&self, id: OrderId) -> Result<OrderRead, StoreError> {
        let shard = shard_key(shard_of(id));
        let mut found = self.table.get_many(vec![order_key(id), shard], Read::Strong).await?;
        let page = found.take(order_key(id))?;
        Ok(OrderRead { page, shard: found.take(shard_key(shard_of(id)))? })
    }

    /// Writes the page of an order, its figures and its sales in one transaction, if page and figures are as they were read.
    pub async fn write_order(&self, read: &OrderRead, next: &OrderPage) -> Result<Written, StoreError> {
        let before = read.page.as_ref().map(|page| &page.value);
        if before == Some(next) {
            return Ok(Written::Unchanged);
        }
        let number = shard_of(next.order_id);
        let shard = read.shard.as_ref().map_or_else(|| Shard::empty(number), |shard| shard.value.clone());
        let transaction = put(self.table.transaction(), read.page.as_ref(), next);
        let mut transaction = put(transaction, read.shard.as_ref(), &shard.after(before, next));
        for sold in sales::added(before, next) {
            let count = Count { attribute: "units", by: sold.units, bounds: 0..=MAX_UNITS };
            transaction = transaction.count_all::<Sales>(&sold, &[count]);
        }
        written(transaction.commit().await)
    }

    /// Reads the page of an order.
    pub async fn order(&self, id: OrderId, read: Read) -> Result<Option<OrderPage>, StoreError> {
        Ok(self.table.get::<OrderPage>(order_key(id), read).await?.map(|page| page.value))
    }

    /// Reads what the dashboard shows, in one round trip.
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        let shards = self.table.list::<Shard>(Key::new("dashboard", "all", "shard#"), false, u32::from(SHARDS), None);
        let attention = IndexKey::new("attention", "all", "at#");
        let attention = self.table.list_index::<OrderPage>(attention, false, MAX_NAMED, None);
        let (shards, attention, out, low) = futures::join!(shards, attention, self.scarce("out#"), self.scarce("low#"));
        Ok(Figures {
            total: total(shards?.items.into_iter().map(|shard| shard.value)),
            attention: attention?.items.into_iter().map(|page| page.value).collect(),
            out_of_stock: out?,
            low_stock: low?,
        })
    }

    async fn scarce(&self, prefix: &str) -> Result<Scarce, StoreError> {
        let index = IndexKey::new("scarce", "all", prefix);
        let page = self.table.list_index::<VariantFacts>(index, false, MAX_NAMED, None).await?;
        Ok(page.items.into_iter().map(|facts| facts.value).collect())
    }
}
