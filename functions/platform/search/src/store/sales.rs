//! What orders sold, for the popularity of products.

use dynamo::{Entity, Key, Outbox, StoreError, is_written};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Search, Store};
use crate::domain::popularity::{OrderUnits, Popularity, window};

/// Orders of a page: at most 1 MB are read, however many that are.
const PAGE_ORDERS: u32 = 1_000;
/// Pages of a shard of a day: the four shards of a day have 400,000 orders, or fewer large ones. Later ones do not count.
const MAX_PAGES: usize = 100;
/// Number of shards that are read at the same time.
const MAX_PARALLEL: usize = 8;
/// Prefix of the sort keys.
const ORDER_PREFIX: &str = "order#";

impl Entity for OrderUnits {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        shard_key((self.day, self.shard()), format!("{ORDER_PREFIX}{}", self.order_id))
    }

    fn expires_at(&self) -> Option<i64> {
        Self::expires_at(self)
    }
}

fn shard_key((day, shard): (Date, u8), sort: impl Into<String>) -> Key<Search> {
    Key::new("sales", format!("{day}-{shard}"), sort)
}

impl Store {
    /// Counts what an order sold; false if it was counted before.
    pub async fn count_order(&self, units: OrderUnits) -> Result<bool, StoreError> {
        is_written(self.table.create(units, &Outbox::none()).await)
    }

    /// Returns the popularity of all products. Orders are summed page by page, so memory holds products and not orders.
    pub async fn popularity(&self, now: Timestamp) -> Result<Popularity, StoreError> {
        let reads = stream::iter(window(now)).map(async |shard| self.popularity_of_shard(shard).await);
        let reads = reads.buffer_unordered(MAX_PARALLEL);
        reads.try_fold(Popularity::default(), |sum, shard| std::future::ready(Ok(sum.merged(shard)))).await
    }

    async fn popularity_of_shard(&self, shard: (Date, u8)) -> Result<Popularity, StoreError> {
        let (mut popularity, mut cursor) = (Popularity::default(), None);
        for _ in 0..MAX_PAGES {
            let page =
                self.table.list::<OrderUnits>(shard_key(shard, ORDER_PREFIX), false, PAGE_ORDERS, cursor).await?;
            for order in page.items {
                popularity.add(order.value);
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(popularity);
            }
        }
        tracing::warn!("a shard of sales has more orders than count for the popularity");
        Ok(popularity)
    }
}
