//! The items of this context in the table. The key table is in this context's README.

use dynamo::{Context, Entity, Key, Read, StoreError, Table, Versioned};

/// The name of the context in keys.
#[derive(Debug)]
pub struct Timeline;

impl Context for Timeline {
    const NAME: &'static str = "timeline";
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Timeline>,
}

impl kit::OpenStore for Store {
    type Context = Timeline;

    fn open(table: Table<Timeline>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Timeline>) -> Self {
        Self { table }
    }

    /// Returns an item; the read is strongly consistent.
    pub async fn get<E>(&self, key: Key<Timeline>) -> Result<Option<Versioned<E>>, StoreError>
    where
        E: Entity<Context = Timeline>,
    {
        self.table.get(key, Read::Strong).await
    }
}
