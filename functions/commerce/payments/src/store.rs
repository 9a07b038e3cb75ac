//! The items of this context in the table. The key table is in this context's README.

use dynamo::{Context, Entity, Key, Read, StoreError, Table, Versioned};

/// The name of the context in keys.
#[derive(Debug)]
pub struct Payments;

impl Context for Payments {
    const NAME: &'static str = "payments";
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Payments>,
}

impl kit::OpenStore for Store {
    type Context = Payments;

    fn open(table: Table<Payments>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Payments>) -> Self {
        Self { table }
    }

    /// Returns an item; the read is strongly consistent.
    pub async fn get<E>(&self, key: Key<Payments>) -> Result<Option<Versioned<E>>, StoreError>
    where
        E: Entity<Context = Payments>,
    {
        self.table.get(key, Read::Strong).await
    }
}
