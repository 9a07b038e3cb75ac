//! Imports of species, and what is stored of a user.

use dynamo::{Forgotten, StoreError};
use jiff::Timestamp;
use kit::jobs::{Import, ImportKind, Jobs};
use serde_json::{Map, Value};
use types::UserId;

use super::{Knowledge, Store};

/// The import of species.
#[derive(Debug, Clone)]
pub struct SpeciesImport;

impl ImportKind for SpeciesImport {
    type Context = Knowledge;

    const NAME: &'static str = "import";
    const PREFIX: &'static str = "imports";
    const MAX_BYTES: u64 = 50 * 1024 * 1024;
    const MAX_ROWS: u64 = 20_000;

    /// Adjacent rows of a species are applied in their order.
    fn group(fields: &Map<String, Value>) -> Option<String> {
        fields.get("id").and_then(Value::as_str).map(ToOwned::to_owned)
    }
}

impl Store {
    /// Returns the imports.
    pub fn imports(&self) -> Jobs<Import<SpeciesImport>> {
        Jobs::new(self.table.clone())
    }

    /// Marks a user as erased: from here on nothing of the user is written.
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Deletes what is stored under a user who is marked as erased, a bounded number of items: imports, records and counts
    /// of limits.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_marked(user).await
    }
}
