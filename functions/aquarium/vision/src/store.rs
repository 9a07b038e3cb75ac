//! The items of this context in the table. The key table is in this context's README.

use dynamo::{Context, Entity, Key, Read, StoreError, Table, Versioned};

/// The name of the context in keys.
#[derive(Debug)]
pub struct Vision;

impl Context for Vision {
    const NAME: &'static str = "vision";
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Vision>,
}

impl kit::OpenStore for Store {
    type Context = Vision;

    fn open(table: Table<Vision>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Vision>) -> Self {
        Self { table }
    }

    /// Returns an item; the read is strongly consistent.
    pub async fn get<E>(&self, key: Key<Vision>) -> Result<Option<Versioned<E>>, StoreError>
    where
        E: Entity<Context = Vision>,
    {
        self.table.get(key, Read::Strong).await
    }
}
