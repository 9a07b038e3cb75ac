//! Items of this context in the table. The key table is in the README of the context.

mod connections;
mod log;

pub use log::AppendOutcome;

use dynamo::{Context, Forgotten, StoreError, Table};
use jiff::Timestamp;
use types::UserId;

/// Name of the context in keys.
#[derive(Debug)]
pub struct Realtime;

impl Context for Realtime {
    const NAME: &'static str = "realtime";
}

/// The user was erased: nothing is written about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserErased;

/// Items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Realtime>,
}

impl kit::OpenStore for Store {
    type Context = Realtime;

    fn open(table: Table<Realtime>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Realtime>) -> Self {
        Self { table }
    }

    /// Blocks new items of the user. Existing items stay until [`Self::forget`].
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Deletes the items of a user who is marked as deleted, a bounded number of them.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_marked(user).await
    }
}
