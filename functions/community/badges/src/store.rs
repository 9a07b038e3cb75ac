//! How this context's items lie in the table. The key table is in this context's README.

use dynamo::{Context, Entity, Key, Read, StoreError, Table, Versioned};

/// The context's name in keys.
#[derive(Debug)]
pub struct Badges;

impl Context for Badges {
    const NAME: &'static str = "badges";
}

/// This context's items in the table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Badges>,
}

impl Store {
    /// The items in this table.
    pub fn new(table: Table<Badges>) -> Self {
        Self { table }
    }

    /// One item, as it stands now.
    pub async fn get<E>(&self, key: Key<Badges>) -> Result<Option<Versioned<E>>, StoreError>
    where
        E: Entity<Context = Badges>,
    {
        self.table.get(key, Read::Strong).await
    }
}
