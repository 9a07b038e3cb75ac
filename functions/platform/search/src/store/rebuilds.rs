//! Builds that admins requested.

use dynamo::{Entity, Key, Outbox, Read, StoreError, TransactionError};
use jiff::Timestamp;
use kit::limits::{Exceeded, Limit, Subject as LimitSubject};
use serde::{Deserialize, Serialize};
use types::Uuid;

use super::log::{append, head_key, sequence_of};
use super::{LogItem, Search, Store};
use crate::domain::log::Subject;

/// How long a request is known, in seconds: a repeated request within two days has no further effect.
const LIFETIME_SECONDS: i64 = 2 * 86_400;

/// A requested build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuild {
    /// Name of the collection.
    pub collection: String,
    /// Build ID.
    pub id: Uuid,
    /// Number of the last change that the index must contain.
    pub sequence: u64,
    /// When it was requested.
    pub at: Timestamp,
}

impl Entity for Rebuild {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        rebuild_key(&self.collection, self.id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.at.as_second() + LIFETIME_SECONDS)
    }
}

fn rebuild_key(collection: &str, id: Uuid) -> Key<Search> {
    Key::new("rebuilds", collection, format!("rebuild#{id}"))
}

/// A build was not requested.
#[derive(Debug)]
pub enum NotRequested {
    /// There were too many requests.
    Exceeded(Exceeded),
    /// Another writer was faster: read again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl Store {
    /// Returns a requested build, if there is one, and the number of the last change. The read is strongly consistent.
    pub async fn rebuild(&self, collection: &str, id: Uuid) -> Result<(Option<Rebuild>, u64), StoreError> {
        let keys = vec![rebuild_key(collection, id), head_key(collection)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let last = sequence_of(found.take::<LogItem>(head_key(collection))?);
        let rebuild = found.take::<Rebuild>(rebuild_key(collection, id))?;
        Ok((rebuild.map(|rebuild| rebuild.value), last))
    }

    /// Requests a build once, within a limit of the deployment.
    pub async fn request_rebuild(&self, rebuild: &Rebuild, limit: Limit, outbox: &Outbox) -> Result<(), NotRequested> {
        let transaction = limit.count_in(self.table.transaction(), LimitSubject::Deployment, rebuild.at);
        let transaction = transaction.create(rebuild, &Outbox::none());
        let place = (rebuild.collection.as_str(), rebuild.sequence - 1);
        match append(transaction, place, Subject::Index, rebuild.at, outbox).commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Store(error)) => Err(NotRequested::Store(error)),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => Err(NotRequested::Conflict),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => {
                Err(NotRequested::Exceeded(limit.exceeded(rebuild.at)))
            }
            Err(TransactionError::Cancelled(_)) => Err(NotRequested::Conflict),
        }
    }
}
