//! The items of this context in the table. The key table is in this context's README.

use dynamo::{Context, Entity, Key, Read, StoreError, Table, Versioned};

/// The name of the context in keys.
#[derive(Debug)]
pub struct Knowledge;

impl Context for Knowledge {
    const NAME: &'static str = "knowledge";
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Knowledge>,
}

impl kit::OpenStore for Store {
    type Context = Knowledge;

    fn open(table: Table<Knowledge>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Knowledge>) -> Self {
        Self { table }
    }

    /// Returns an item; the read is strongly consistent.
    pub async fn get<E>(&self, key: Key<Knowledge>) -> Result<Option<Versioned<E>>, StoreError>
    where
        E: Entity<Context = Knowledge>,
    {
        self.table.get(key, Read::Strong).await
    }
}
