//! How this context's items lie in the table. The key table is in this context's README.

mod connections;
mod log;

pub use log::Noted;

use dynamo::{Context, Forgotten, StoreError, Table};
use jiff::Timestamp;
use types::UserId;

/// The context's name in keys.
#[derive(Debug)]
pub struct Realtime;

impl Context for Realtime {
    const NAME: &'static str = "realtime";
}

/// The person is forgotten here: nothing is written on them any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsForgotten;

/// This context's items in the table.
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
    /// The items in this table.
    pub fn new(table: Table<Realtime>) -> Self {
        Self { table }
    }

    /// From now on nothing new is written on the person. What is there stays, to be looked at before [`Self::forget`].
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Deletes all that is held on a person.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }
}
