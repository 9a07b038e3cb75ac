//! Subscriptions of points.

use dynamo::{Cursor, IndexKey, Key, Outbox, Page, Read, StoreError, Versioned, is_written, refused};
use types::{PointId, UserId};

use super::{Points, Saved, Store, point_key, subscription_key};
use crate::domain::point::Point;
use crate::domain::subscription::Subscription;

impl Store {
    /// A point, and a user's subscription of it, as they stand now.
    pub async fn point_for(
        &self,
        id: PointId,
        user: UserId,
    ) -> Result<(Option<Versioned<Point>>, Option<Versioned<Subscription>>), StoreError> {
        let keys = vec![point_key(id), subscription_key(user, id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        Ok((found.take(point_key(id))?, found.take(subscription_key(user, id))?))
    }

    /// A user's subscription of a point, as it stands now.
    pub async fn subscription(&self, id: PointId, user: UserId) -> Result<Option<Versioned<Subscription>>, StoreError> {
        self.table.get(subscription_key(user, id), Read::Strong).await
    }

    /// Begins a subscription that is as it was read. Neither the point nor its figures are part of the transaction, or a point
    /// that many subscribe to at once would make them wait for each other; see "Known limits" in the README.
    pub async fn subscribe(
        &self,
        read: Option<&Versioned<Subscription>>,
        next: &Subscription,
        outbox: &Outbox,
    ) -> Result<Saved, StoreError> {
        let transaction = self.table.transaction().unless_forgotten(next.user_id);
        let transaction = match read {
            Some(read) => transaction.replace(read, next, outbox),
            None => transaction.create(next, outbox),
        };
        Ok(match refused(transaction.commit().await)? {
            None => Saved::Yes,
            Some(cancelled) if cancelled.failed(0) => Saved::Forgotten,
            Some(_) => Saved::Moved,
        })
    }

    /// Ends a subscription that is as it was read. False if it is not.
    pub async fn unsubscribe(
        &self,
        read: &Versioned<Subscription>,
        next: Subscription,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        is_written(self.table.replace(read, next, outbox).await)
    }

    /// A page of a user's subscriptions, those that ended too, in the order of their points' ids.
    pub async fn subscriptions(&self, user: UserId, page: kit::http::Page) -> Result<Page<Subscription>, StoreError> {
        self.table.list(Key::new("user", user, "subscription#"), false, page.limit, page.cursor).await
    }

    /// A page of the subscriptions of a user, ended ones too; strongly consistent.
    pub async fn subscriptions_of(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<Subscription>, StoreError> {
        self.table.list_strong(Key::new("user", user, "subscription#"), false, limit, after).await
    }

    /// A page of a point's subscriptions. May miss the last second.
    pub async fn subscribers(
        &self,
        id: PointId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<Subscription>, StoreError> {
        let prefix: IndexKey<Points> = IndexKey::new("subscribers", id, "user#");
        self.table.list_index(prefix, false, limit, after).await
    }

    /// Deletes a subscription whose point is gone. False if it had gone already.
    pub async fn drop_subscription(&self, read: Versioned<Subscription>) -> Result<bool, StoreError> {
        self.table.remove(read).await
    }
}
