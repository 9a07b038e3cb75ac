//! Sessions and baskets.

use dynamo::{ConflictRetry, Forgotten, Outbox, Read, StoreError, TransactionError, Versioned, is_written};
use jiff::Timestamp;
use kit::limits::{NotAllowed, Subject, subject_hash};
use types::UserId;

use super::{Store, session_key};
use crate::domain::basket::Basket;
use crate::domain::limits::{SOURCE_BATCHES, SOURCE_SESSIONS, USER_BATCHES};
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

    /// Adds views to a session, which `new` begins if there is none; that of a guest is counted for the network address. Nothing is
    /// written for a user who was erased.
    pub async fn add_views(
        &self,
        source_ip: &str,
        new: &Session,
        batch: &[View],
        now: Timestamp,
    ) -> Result<(), NotAllowed> {
        let (mut retry, mut is_counted) = (ConflictRetry::default(), new.user_id.is_some());
        loop {
            let known = self.table.get::<Session>(session_key(new.user_id, &new.hash), Read::Strong).await?;
            let session = known.as_ref().map(|known| &known.value);
            let Some(next) = Session::after(session, new, batch, now) else { return Ok(()) };
            if !is_counted && session.is_none_or(|session| !session.takes_views(now)) {
                let source = subject_hash(&[source_ip]);
                SOURCE_SESSIONS.count(&self.table, Subject::Source(&source), now).await?;
                is_counted = true;
            }
            let is_written = match new.user_id {
                Some(user) => self.write_of_user(user, known.as_ref(), &next).await?,
                None => self.write_of_guest(known.as_ref(), next).await?,
            };
            if is_written {
                return Ok(());
            }
            retry.pause().await?;
        }
    }

    /// Returns false if another writer was faster.
    async fn write_of_guest(&self, known: Option<&Versioned<Session>>, next: Session) -> Result<bool, StoreError> {
        let written = match known {
            Some(known) => self.table.replace(known, next, &Outbox::none()).await,
            None => self.table.create(next, &Outbox::none()).await,
        };
        is_written(written)
    }

    /// Returns false if another writer was faster, and true if the user was erased: there is nothing to write then.
    async fn write_of_user(
        &self,
        user: UserId,
        known: Option<&Versioned<Session>>,
        next: &Session,
    ) -> Result<bool, StoreError> {
        let (none, transaction) = (Outbox::none(), self.table.transaction());
        let transaction = match known {
            Some(known) => transaction.replace(known, next, &none),
            None => transaction.create(next, &none),
        };
        match transaction.unless_forgotten(user).commit().await {
            Ok(()) => Ok(true),
            Err(TransactionError::Cancelled(cancelled)) => Ok(cancelled.failed(1)),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// Stores a basket. Returns false if it is stored already, or its buyer was erased.
    pub async fn keep_basket(&self, basket: Basket) -> Result<bool, StoreError> {
        let Some(user) = basket.user_id else {
            return is_written(self.table.create(basket, &Outbox::none()).await);
        };
        let transaction = self.table.transaction().create(&basket, &Outbox::none()).unless_forgotten(user);
        is_written(transaction.commit().await)
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
