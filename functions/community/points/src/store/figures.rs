//! The figures of points, and what was counted.

use dynamo::{Entity, Key, Outbox, Page, Read, StoreError, Versioned, is_written, refused};
use jiff::Timestamp;
use types::{CareEventId, PointId, UserId};

use super::{Points, Saved, Store, subscription_key};
use crate::domain::figures::{CountedEvent, Figures};
use crate::domain::subscription::Subscription;

impl Entity for Figures {
    type Context = Points;

    fn key(&self) -> Key<Points> {
        figures_key(self.point_id)
    }
}

pub(super) fn figures_key(point: PointId) -> Key<Points> {
    Key::new("point", point, "figures")
}

impl Entity for CountedEvent {
    type Context = Points;

    fn key(&self) -> Key<Points> {
        counted_event_key(self.point_id, self.event_id)
    }

    fn expires_at(&self) -> Option<i64> {
        self.forgotten_at().map(Timestamp::as_second)
    }
}

fn counted_event_key(point: PointId, event: CareEventId) -> Key<Points> {
    Key::new("point", point, format!("event#{event}"))
}

/// The figures of a point, and what an event may change beside them, as they stand now.
#[derive(Debug, Clone)]
pub struct Counting<E> {
    /// The figures; none if the point is gone.
    pub figures: Option<Versioned<Figures>>,
    /// The subscription, or the record of the care event.
    pub subject: Option<Versioned<E>>,
}

impl Store {
    /// What a change of a subscription may change.
    pub async fn counting_subscription(
        &self,
        point: PointId,
        user: UserId,
    ) -> Result<Counting<Subscription>, StoreError> {
        self.counting(point, || subscription_key(user, point)).await
    }

    /// What a care event may change.
    pub async fn counting_event(
        &self,
        point: PointId,
        event: CareEventId,
    ) -> Result<Counting<CountedEvent>, StoreError> {
        self.counting(point, || counted_event_key(point, event)).await
    }

    async fn counting<E: Entity<Context = Points>>(
        &self,
        point: PointId,
        subject: impl Fn() -> Key<Points>,
    ) -> Result<Counting<E>, StoreError> {
        let mut found = self.table.get_many(vec![figures_key(point), subject()], Read::Strong).await?;
        Ok(Counting { figures: found.take(figures_key(point))?, subject: found.take(subject())? })
    }

    /// Counts a subscription. Nothing is counted of a deleted user: erasure takes it out of the count.
    pub async fn count_subscription(
        &self,
        (read, next): (&Versioned<Subscription>, &Subscription),
        (figures, counted): (&Versioned<Figures>, &Figures),
    ) -> Result<Saved, StoreError> {
        let transaction = self.table.transaction().unless_forgotten(next.user_id);
        let transaction = transaction.replace(read, next, &Outbox::none()).replace(figures, counted, &Outbox::none());
        Ok(match refused(transaction.commit().await)? {
            None => Saved::Yes,
            Some(cancelled) if cancelled.failed(0) => Saved::Forgotten,
            Some(_) => Saved::Moved,
        })
    }

    /// Writes the record of a care event with the count. False if something is not as it was read.
    pub async fn count_event(
        &self,
        read: Option<&Versioned<CountedEvent>>,
        next: &CountedEvent,
        (figures, counted): (&Versioned<Figures>, &Figures),
    ) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().replace(figures, counted, &Outbox::none());
        let transaction = match read {
            Some(read) => transaction.replace(read, next, &Outbox::none()),
            None => transaction.create(next, &Outbox::none()),
        };
        is_written(transaction.commit().await)
    }

    /// Deletes a subscription and takes it out of the count. False if something is not as it was read.
    pub async fn uncount_subscription(
        &self,
        read: &Versioned<Subscription>,
        figures: Option<&Versioned<Figures>>,
    ) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().delete(read);
        let transaction = match figures.filter(|_| read.value.counted) {
            Some(figures) => transaction.replace(figures, &figures.value.with_subscription(false), &Outbox::none()),
            None => transaction,
        };
        is_written(transaction.commit().await)
    }

    /// The records of care events at a point, a page of them, as they stand now.
    pub async fn counted_events(&self, point: PointId, limit: u32) -> Result<Page<CountedEvent>, StoreError> {
        self.table.list_strong(Key::new("point", point, "event#"), false, limit, None).await
    }

    /// Deletes the record of a care event at a point that is gone. False if it had gone already.
    pub async fn drop_counted_event(&self, read: Versioned<CountedEvent>) -> Result<bool, StoreError> {
        self.table.remove(read).await
    }
}
