//! What users hold.

use contracts::billing::EntitlementChanged;
use dynamo::{ConflictRetry, Forgotten, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use types::UserId;

use super::{Store, holdings_key};
use crate::domain::holdings::Holdings;

/// Why the holdings of a user were not changed.
#[derive(Debug)]
pub enum NotHeld {
    /// The user was deleted.
    Forgotten,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotHeld {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Reads what a user holds. A user of whom nothing is stored holds nothing, in version 0.
    pub async fn holdings(&self, user: UserId) -> Result<Versioned<Holdings>, StoreError> {
        let found = self.table.get(holdings_key(user), Read::Strong).await?;
        Ok(found.unwrap_or_else(|| Versioned::new(Holdings::new(user), 0)))
    }

    /// Changes the holdings that were read as `decide` says, with the event of the change, unless the user was deleted.
    /// `decide` is called again with the newer ones if others changed them meanwhile, and returns none for no change.
    pub async fn change_holdings<E>(
        &self,
        mut read: Versioned<Holdings>,
        decide: impl Fn(&Holdings) -> Option<(Holdings, EntitlementChanged)>,
        outbox: impl Fn(EntitlementChanged) -> Result<Outbox, E>,
    ) -> Result<Versioned<Holdings>, E>
    where
        E: From<NotHeld>,
    {
        let (user, mut retry) = (read.value.user_id, ConflictRetry::default());
        loop {
            let Some((next, fact)) = decide(&read.value) else { return Ok(read) };
            let events = outbox(fact)?;
            let transaction = match read.version {
                0 => self.table.transaction().create(&next, &events),
                _ => self.table.transaction().replace(&read, &next, &events),
            };
            read = match transaction.unless_forgotten(user).commit().await {
                Ok(()) => return Ok(read.successor(next)),
                Err(TransactionError::Store(error)) => return Err(NotHeld::Store(error).into()),
                Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => {
                    return Err(NotHeld::Forgotten.into());
                }
                Err(TransactionError::Cancelled(cancelled)) => match cancelled.item(0).map_err(NotHeld::Store)? {
                    Some(newer) => newer,
                    None => self.holdings(user).await.map_err(NotHeld::Store)?,
                },
            };
            retry.pause().await.map_err(NotHeld::Store)?;
        }
    }

    /// Deletes what billing holds on a user, a bounded number of items at a time.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }
}
