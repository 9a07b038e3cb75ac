//! The items of this context in the table. The key table is in this context's README.

mod documents;
mod figures;
mod key;
mod log;
mod plain;
mod rebuilds;
mod sales;
mod settings;

use dynamo::{Context, Table};

pub use documents::{DocumentRead, DocumentWrite, PARTS, StoredDocuments, VariantRead};
pub use figures::{EventMark, FIGURE_PARTS, FigurePart, NotCounted};
pub use log::{Head, LogItem, LogRead, NotAppended, Pointer};
pub use rebuilds::{NotRequested, Rebuild};
pub use settings::{CategoriesItem, PriceListsItem, SynonymsItem};

/// The context's name in keys.
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

    /// Returns the table, for limits.
    pub fn table(&self) -> &Table<Search> {
        &self.table
    }
}
