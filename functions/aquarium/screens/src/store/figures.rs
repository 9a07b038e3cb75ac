//! Figures and lists for the staff.

use contracts::aquariums::AquariumKind;
use dynamo::{Cursor, IndexKey, Key, Page, StoreError};

use super::{Store, kind_prefix};
use crate::domain::figures::{ListName, Listing, SHARDS, Shard, total};

impl Store {
    /// Reads the sum of all shards, in one query.
    pub async fn figures(&self) -> Result<Shard, StoreError> {
        let prefix = Key::new("overview", "all", "shard#");
        let shards = self.table.list::<Shard>(prefix, false, u32::from(SHARDS), None).await?;
        Ok(total(shards.items.into_iter().map(|shard| shard.value)))
    }

    /// Reads a page of a list, by the type of water and then by ID.
    pub async fn listed(
        &self,
        list: ListName,
        kind: Option<AquariumKind>,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<Listing>, StoreError> {
        let prefix = IndexKey::new("listed", list.as_str(), kind_prefix(kind.map(AquariumKind::as_str)));
        self.table.list_index(prefix, false, limit, after).await
    }
}
