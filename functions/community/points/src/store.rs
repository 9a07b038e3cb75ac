//! How this context's items lie in the table. The key table is in this context's README.

use dynamo::{Context, Entity, Key, Read, StoreError, Table, Versioned};

/// The context's name in keys.
#[derive(Debug)]
pub struct Points;

impl Context for Points {
    const NAME: &'static str = "points";
}

/// This context's items in the table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Points>,
}

impl Store {
    /// The items in this table.
    pub fn new(table: Table<Points>) -> Self {
        Self { table }
    }

    /// One item, as it stands now.
    pub async fn get<E>(&self, key: Key<Points>) -> Result<Option<Versioned<E>>, StoreError>
    where
        E: Entity<Context = Points>,
    {
        self.table.get(key, Read::Strong).await
    }
}
