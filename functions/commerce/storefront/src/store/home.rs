//! The home page, and what it is built from.

use dynamo::{IndexKey, Key, Outcome, Read, StoreError, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use types::ProductId;

use super::{PARTITIONS, Store, home_key, partition_name, product_key};
use crate::domain::card::Card;
use crate::domain::home::Home;
use crate::domain::product::ProductState;
use crate::domain::sales::{self, Sales};

/// Number of products that are read of each partition for the newest ones.
const PAGE_PRODUCTS: u32 = 12;
/// Number of counters per page.
const PAGE_SALES: u32 = 1_000;
/// Maximum number of pages of counters of a day's shard: a shop that sells more than 20,000 different products per day and shard
/// ranks the others.
const MAX_SALES_PAGES: usize = 20;
/// Number of bestsellers of which the published ones are shown.
const MAX_CANDIDATES: usize = 60;
/// How many partitions are read at the same time.
const MAX_PARALLEL: usize = 16;

impl Store {
    /// Reads the home page; none before it was built.
    pub async fn home(&self) -> Result<Option<Home>, StoreError> {
        Ok(self.table.get::<Home>(home_key(), Read::Eventual).await?.map(|home| home.value))
    }

    /// Writes the home page. False if it is like this already.
    pub async fn keep_home(&self, home: &Home) -> Result<bool, StoreError> {
        let decide = |read: Option<&Versioned<Home>>| {
            Some(home.clone()).filter(|home| read.map(|read| &read.value) != Some(home)).into()
        };
        let outcome: Outcome<Home> = self.table.update(home_key(), decide).await?;
        Ok(outcome.is_applied())
    }

    /// Reads the cards of the newest products of every partition.
    pub async fn newest(&self) -> Result<Vec<Card>, StoreError> {
        let pages = stream::iter(0..PARTITIONS).map(async |partition| {
            let prefix = IndexKey::new("newest", partition_name(partition), "since#");
            self.table.list_index::<ProductState>(prefix, true, PAGE_PRODUCTS, None).await
        });
        let pages: Vec<_> = pages.buffer_unordered(MAX_PARALLEL).try_collect().await?;
        Ok(pages.into_iter().flat_map(|page| page.items).filter_map(|state| state.value.card).collect())
    }

    /// Reads the cards of the products that sold most in the days until now, best first.
    pub async fn bestsellers(&self, now: Timestamp) -> Result<Vec<Card>, StoreError> {
        let sold =
            stream::iter(sales::window(now)).map(async |(day, shard)| self.sales(format!("{day}-{shard}")).await);
        let sold: Vec<Vec<Sales>> = sold.buffer_unordered(MAX_PARALLEL).try_collect().await?;
        let ranking = sales::ranking(sold.into_iter().flatten());
        self.cards(ranking.into_iter().take(MAX_CANDIDATES)).await
    }

    async fn sales(&self, partition: String) -> Result<Vec<Sales>, StoreError> {
        let prefix = Key::new("sales", partition, "product#");
        let pages = self.table.list_pages::<Sales>(&prefix, PAGE_SALES, MAX_SALES_PAGES, Read::Eventual).await?;
        Ok(pages.items.into_iter().map(|sales| sales.value).collect())
    }

    /// Reads the cards of published products, in this order.
    async fn cards(&self, products: impl Iterator<Item = ProductId>) -> Result<Vec<Card>, StoreError> {
        let found = self.table.get_many(products.map(product_key).collect(), Read::Eventual).await?;
        Ok(found.into_readable::<ProductState>().into_iter().filter_map(|state| state.value.card).collect())
    }
}
