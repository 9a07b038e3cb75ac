//! API keys. Functions of every context read single keys, by [`kit::auth::ApiKeys`]; only identity writes and lists them.

use dynamo::{Cursor, Entity, IndexKey, Key, Outbox, Page, Read, StoreError, TransactionError, Versioned, is_written};
use jiff::{SignedDuration, Timestamp};
use kit::auth::ApiKeyRecord;
use serde::{Deserialize, Serialize};
use types::ApiKeyId;

use super::{Identity, Store};
use crate::domain::api_key::ServiceKey;

/// How every place in the list starts.
const PREFIX: &str = "created#";

/// One partition: keys are made by admins, by hand, and not by users.
fn list_key(place: impl Into<String>) -> IndexKey<Identity> {
    IndexKey::new("apikeys", "all", place)
}

fn item_key(id: ApiKeyId) -> Key<Identity> {
    Key::new(ApiKeyRecord::ENTITY, id, ApiKeyRecord::SORT)
}

impl Entity for ServiceKey {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        item_key(self.id())
    }

    fn index(&self) -> Option<IndexKey<Identity>> {
        Some(list_key(format!("{PREFIX}{:013}#{}", self.created_at.as_millisecond(), self.id())))
    }

    fn expires_at(&self) -> Option<i64> {
        self.record.valid_until.map(jiff::Timestamp::as_second)
    }
}

/// A key that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DeletedKey {
    id: ApiKeyId,
    deleted_at: Timestamp,
}

impl Entity for DeletedKey {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        Key::new(ApiKeyRecord::ENTITY, self.id, "deleted")
    }

    fn expires_at(&self) -> Option<i64> {
        Some((self.deleted_at + SignedDuration::from_hours(24)).as_second())
    }
}

impl Store {
    /// Adds a key; false if there is one with its id.
    pub async fn add_api_key(&self, key: ServiceKey, outbox: &Outbox) -> Result<bool, StoreError> {
        is_written(self.table.create(key, outbox).await)
    }

    /// One page of all keys, newest first.
    pub async fn api_keys(&self, limit: u32, after: Option<Cursor>) -> Result<Page<ServiceKey>, StoreError> {
        self.table.list_index(list_key(PREFIX), true, limit, after).await
    }

    /// The key with this id.
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<Versioned<ServiceKey>>, StoreError> {
        self.table.get(item_key(id), Read::Strong).await
    }

    /// Deletes a key. What is left for a day tells the event: a deleted item has none.
    pub async fn delete_api_key(
        &self,
        key: &Versioned<ServiceKey>,
        outbox: &Outbox,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let left = DeletedKey { id: key.value.id(), deleted_at: now };
        match self.table.transaction().delete(key).create(&left, outbox).commit().await {
            // Keys are never changed, so the only possible conflict is that the key was deleted.
            Ok(()) | Err(TransactionError::Cancelled(_)) => Ok(()),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }
}
