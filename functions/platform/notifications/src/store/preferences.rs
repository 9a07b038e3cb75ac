//! Preferences as their owner changes them.

use dynamo::{Conflict, Outbox, Read, StoreError, TransactionError, Versioned};
use types::UserId;

use super::{Store, preferences_key};
use crate::domain::preferences::Preferences;

/// What became of a change.
#[derive(Debug)]
pub enum Saved<E> {
    /// It is there.
    Done(Versioned<E>),
    /// Another writer was faster: this is stored now, if anything is.
    Newer(Option<Versioned<E>>),
    /// The person deleted their account.
    Forgotten,
}

impl Store {
    /// What a person said they want, if they ever did.
    pub async fn preferences(&self, user_id: UserId) -> Result<Option<Versioned<Preferences>>, StoreError> {
        self.table.get(preferences_key(user_id), Read::Strong).await
    }

    /// Writes preferences in place of those that were read, or the first ones. What is there belongs to a user who is
    /// there; only the first ones could bring a forgotten person back.
    pub async fn save_preferences(
        &self,
        read: Option<&Versioned<Preferences>>,
        to: Preferences,
        outbox: &Outbox,
    ) -> Result<Saved<Preferences>, StoreError> {
        let Some(read) = read else { return self.first_preferences(to, outbox).await };
        match self.table.replace(read, to, outbox).await {
            Ok(written) => Ok(Saved::Done(written)),
            Err(Conflict::Item(newer)) => Ok(Saved::Newer(newer.map(|newer| *newer))),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    async fn first_preferences(&self, first: Preferences, outbox: &Outbox) -> Result<Saved<Preferences>, StoreError> {
        let transaction = self.table.transaction().unless_forgotten(first.user_id).create(&first, outbox);
        match transaction.commit().await {
            Ok(()) => Ok(Saved::Done(Versioned::new(first, 1))),
            Err(TransactionError::Cancelled(why)) if why.failed(0) => Ok(Saved::Forgotten),
            Err(TransactionError::Cancelled(why)) => Ok(Saved::Newer(why.item(1)?)),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }
}
