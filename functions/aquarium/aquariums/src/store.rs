//! The items of this context in the table. The key table is in this context's README.

mod access;
mod devices;
mod series;

use dynamo::{Context, Table};

pub use devices::{Committed, Installation};
pub use series::{RollupBucket, SampleBucket, Stored};

/// The name of the context in keys.
#[derive(Debug)]
pub struct Aquariums;

impl Context for Aquariums {
    const NAME: &'static str = "aquariums";
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Aquariums>,
}

impl kit::OpenStore for Store {
    type Context = Aquariums;

    fn open(table: Table<Aquariums>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Aquariums>) -> Self {
        Self { table }
    }
}
