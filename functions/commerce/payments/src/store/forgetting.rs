//! What becomes of the payments of a user who deletes the account, or from whom it is taken over.

use dynamo::{ConflictRetry, Cursor, Forgotten, Outbox, Page, StoreError, Versioned};
use jiff::Timestamp;
use types::UserId;

use super::{NotSaved, Store, UserPayment, user_payments_key};
use crate::domain::payment::Payment;

/// How many payments one call detaches.
const PAGE_ITEMS: u32 = 100;

impl Store {
    /// Leaves the marker after which nothing new about the user is written.
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Detaches payments that were started until a time from their payer, a page at a time, and deletes what leads from the
    /// user to them. Amounts and dates stay: bookkeeping needs them.
    pub async fn detach_payments(&self, user: UserId, until: Timestamp) -> Result<Forgotten, StoreError> {
        let page: Page<UserPayment> =
            self.table.list_strong(user_payments_key(user), false, PAGE_ITEMS, None::<Cursor>).await?;
        let read = page.items.len();
        let earlier: Vec<_> = page.items.into_iter().take_while(|read| read.value.started_at <= until).collect();
        let (items, more) = (earlier.len(), page.next.is_some() && earlier.len() == read);
        for pointer in earlier {
            self.detach_payment(user, &pointer.value).await?;
            self.table.remove(pointer).await?;
        }
        Ok(Forgotten { items, more })
    }

    async fn detach_payment(&self, user: UserId, pointer: &UserPayment) -> Result<(), StoreError> {
        let mut retry = ConflictRetry::default();
        let mut read = self.payment(pointer.payment_id).await?;
        loop {
            let theirs = read.filter(|payment: &Versioned<Payment>| payment.value.user_id() == Some(user));
            let Some(payment) = theirs else { return Ok(()) };
            let next = payment.value.without_payer();
            read = match self.save_payment(&payment, next, &Outbox::none()).await {
                Ok(_) | Err(NotSaved::Erased) => return Ok(()),
                Err(NotSaved::Newer(newer)) => Some(*newer),
                Err(NotSaved::Conflict) => self.payment(pointer.payment_id).await?,
                Err(NotSaved::Store(error)) => return Err(error),
            };
            retry.pause().await?;
        }
    }

    /// Deletes what else there is of a user who has the marker, a bounded number of items.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_marked(user).await
    }
}
