//! The items of this context in the table. The key table is in this context's README.

use dynamo::{Context, Entity, Key, Read, StoreError, Table, Versioned};

/// The name of the context in keys.
#[derive(Debug)]
pub struct Search;

impl Context for Search {
    const NAME: &'static str = "search";
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Search>,
}

impl kit::OpenStore for Store {
    type Context = Search;

    fn open(table: Table<Search>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Search>) -> Self {
        Self { table }
    }

    /// Returns an item; the read is strongly consistent.
    pub async fn get<E>(&self, key: Key<Search>) -> Result<Option<Versioned<E>>, StoreError>
    where
        E: Entity<Context = Search>,
    {
        self.table.get(key, Read::Strong).await
    }
}
