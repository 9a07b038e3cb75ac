//! API keys. Functions of every context read single keys, by [`kit::auth::ApiKeys`]; only identity writes and lists them.

use dynamo::{Conflict, Cursor, Entity, IndexKey, Key, Outbox, Page, Read, StoreError, Versioned};
use kit::auth::ApiKeyRecord;
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

impl Store {
    /// Adds a key; false if there is one with its id.
    pub async fn add_api_key(&self, key: ServiceKey) -> Result<bool, StoreError> {
        match self.table.create(key, &Outbox::none()).await {
            Ok(_) => Ok(true),
            Err(Conflict::Item(_)) => Ok(false),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// One page of all keys, newest first.
    pub async fn api_keys(&self, limit: u32, after: Option<Cursor>) -> Result<Page<ServiceKey>, StoreError> {
        self.table.list_index(list_key(PREFIX), true, limit, after).await
    }

    /// The key with this id.
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<Versioned<ServiceKey>>, StoreError> {
        self.table.get(item_key(id), Read::Strong).await
    }

    /// Deletes a key.
    pub async fn delete_api_key(&self, key: &Versioned<ServiceKey>) -> Result<(), StoreError> {
        match self.table.delete(key).await {
            // Keys are never changed, so the only possible conflict is that the key was deleted.
            Ok(()) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }
}
