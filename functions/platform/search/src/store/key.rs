//! The key that search IDs are signed with. It protects figures only, so it is an item of this context and no parameter.

use dynamo::{Conflict, Entity, Key, Outbox, Read, StoreError};
use serde::{Deserialize, Serialize};

use super::{Search, Store};
use crate::domain::search_id::SearchKey;

#[derive(Debug, Serialize, Deserialize)]
struct KeyItem {
    key: SearchKey,
}

impl Entity for KeyItem {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        item_key()
    }
}

fn item_key() -> Key<Search> {
    Key::new("key", "search-id", "key")
}

impl Store {
    /// Returns the key. The first call makes it; of several at once, one does.
    pub async fn search_key(&self) -> Result<SearchKey, StoreError> {
        if let Some(item) = self.table.get::<KeyItem>(item_key(), Read::Strong).await? {
            return Ok(item.value.key);
        }
        let mut bytes = [0; 32];
        types::random::fill(&mut bytes).map_err(|error| StoreError::Refused(error.to_string()))?;
        match self.table.create(KeyItem { key: SearchKey::new(bytes) }, &Outbox::none()).await {
            Ok(item) => Ok(item.value.key),
            Err(Conflict::Item(Some(item))) => Ok(item.value.key),
            Err(Conflict::Item(None)) => Err(StoreError::Refused("the key vanished".into())),
            Err(Conflict::Store(error)) => Err(error),
        }
    }
}
