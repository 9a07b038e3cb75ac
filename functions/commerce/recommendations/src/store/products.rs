//! Copies of products, and the feed of their changes.

use dynamo::{ConflictRetry, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;

use super::{Store, feed_key, product_key};
use crate::domain::feed::{Change, Changes, FeedEntry, Pointer};
use crate::domain::product_copy::{ProductCopy, ProductNews};

/// Entries of a page of the feed.
const PAGE_ENTRIES: u32 = 250;
/// Most pages of the feed that one refresh reads. What is beyond changed before these, and shows with the next model.
const MAX_PAGES: usize = 20;

impl Store {
    /// Adds what an event tells of a product, and lists the change if recommendations show it. Returns false if it is no news.
    pub async fn keep_product(&self, news: &ProductNews, now: Timestamp) -> Result<bool, StoreError> {
        let (product, mut retry) = (news.product_id(), ConflictRetry::default());
        loop {
            let read = self.table.get::<ProductCopy>(product_key(product), Read::Strong).await?;
            let known = read.as_ref().map_or_else(|| ProductCopy::unknown(product), |read| read.value.clone());
            let Some(next) = known.after(news) else { return Ok(false) };
            match self.write_product(read.as_ref(), &known, &next, now).await {
                Ok(()) => return Ok(true),
                Err(TransactionError::Cancelled(_)) => retry.pause().await?,
                Err(TransactionError::Store(error)) => return Err(error),
            }
        }
    }

    async fn write_product(
        &self,
        read: Option<&Versioned<ProductCopy>>,
        known: &ProductCopy,
        next: &ProductCopy,
        now: Timestamp,
    ) -> Result<(), TransactionError> {
        let (none, version) = (Outbox::none(), read.map_or(1, |read| read.version + 1));
        let mut transaction = match read {
            Some(read) => self.table.transaction().replace(read, next, &none),
            None => self.table.transaction().create(next, &none),
        };
        if next.differs(known) {
            transaction = transaction.create(&FeedEntry::Change(Change::of(next, version, now)), &none);
        }
        transaction.commit().await
    }

    /// The current model, and the products that changed since the build of the loaded one began, in one round trip unless very many
    /// did. With no model loaded, those since the build of the current one.
    pub async fn feed(&self, loaded: Option<Timestamp>) -> Result<(Option<Pointer>, Changes), StoreError> {
        let (mut pointer, mut changes, mut after) = (None, Changes::default(), None);
        for _ in 0..MAX_PAGES {
            let page = self.table.list::<FeedEntry>(feed_key(), true, PAGE_ENTRIES, after).await?;
            let mut is_old = false;
            for entry in page.items {
                match entry.value {
                    FeedEntry::Pointer(found) => pointer = Some(found),
                    FeedEntry::Change(change) => {
                        let built_at = loaded.or(pointer.as_ref().map(|pointer: &Pointer| pointer.built_at));
                        is_old = built_at.is_some_and(|built_at| change.is_known_to(built_at));
                        if is_old {
                            break;
                        }
                        changes.add(change);
                    }
                }
            }
            after = page.next.filter(|_| !is_old);
            if after.is_none() {
                break;
            }
        }
        Ok((pointer, changes))
    }
}
