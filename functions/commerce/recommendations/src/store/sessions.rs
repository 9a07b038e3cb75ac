//! Sessions and baskets.

use dynamo::{Conflict, Forgotten, Outbox, Outcome, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{NotAllowed, Subject, subject_hash};
use types::UserId;

use super::{Store, session_key};
use crate::domain::basket::Basket;
use crate::domain::limits::{SOURCE_BATCHES, USER_BATCHES};
use crate::domain::session::{Session, View};

/// The kinds of items of a user that events and requests write.
const KINDS: [&str; 2] = ["session", "basket"];

impl Store {
    /// Counts a batch of views.
    pub async fn count_batch(&self, user: Option<UserId>, source_ip: &str, now: Timestamp) -> Result<(), NotAllowed> {
        let source = subject_hash(&[source_ip]);
        let (limit, subject) = match user {
            Some(user) => (USER_BATCHES, Subject::User(user)),
            None => (SOURCE_BATCHES, Subject::Source(&source)),
        };
        limit.count(&self.table, subject, now).await.map(drop)
    }

    /// Adds views to a session, which `new` begins if there is none. Nothing is written for a user who was erased.
    pub async fn add_views(&self, new: &Session, batch: &[View], now: Timestamp) -> Result<(), StoreError> {
        let key = session_key(new.user_id, &new.hash);
        let decide = |known: Option<&Versioned<Session>>| {
            Session::after(known.map(|known| &known.value), new, batch, now).into()
        };
        let outcome: Outcome<Session> = match new.user_id {
            Some(user) => self.table.update_unless_forgotten(user, key, decide).await?,
            None => self.table.update(key, decide).await?,
        };
        drop(outcome);
        Ok(())
    }

    /// Stores a basket. Returns false if it is stored already, or its buyer was erased.
    pub async fn keep_basket(&self, basket: Basket) -> Result<bool, StoreError> {
        let Some(user) = basket.user_id else {
            return match self.table.create(basket, &Outbox::none()).await {
                Ok(_) => Ok(true),
                Err(Conflict::Item(_)) => Ok(false),
                Err(Conflict::Store(error)) => Err(error),
            };
        };
        let transaction = self.table.transaction().create(&basket, &Outbox::none()).unless_forgotten(user);
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(TransactionError::Cancelled(_)) => Ok(false),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// Deletes what is stored of a user, a bounded number of items, and writes nothing of them from now on.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }

    /// Deletes the sessions and baskets of a user, a bounded number of items.
    pub async fn discard(&self, user: UserId) -> Result<Forgotten, StoreError> {
        let mut all = Forgotten { items: 0, more: false };
        for kind in KINDS {
            let discarded = self.table.forget_kind(user, kind).await?;
            all = Forgotten { items: all.items + discarded.items, more: all.more || discarded.more };
        }
        Ok(all)
    }
}
