//! How this context's items lie in the table. The key table is in this context's README.

mod beside;
mod broadcasts;
mod copies;
mod events;
mod keys;
mod schedules;
mod types_of_events;

use dynamo::{Context, Forgotten, StoreError, Table, Versioned};
use jiff::{SignedDuration, Timestamp};
use types::UserId;

pub use beside::Beside;
pub use events::{Anonymised, Known, NotAdded};
pub use schedules::{Fired, NotScheduled, Plan, SHARDS};
pub use types_of_events::NotMade;

/// The context's name in keys.
#[derive(Debug)]
pub struct Events;

impl Context for Events {
    const NAME: &'static str = "events";
}

/// This context's items in the table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Events>,
    min_point_age: SignedDuration,
}

impl kit::OpenStore for Store {
    type Context = Events;

    /// Reads `REWARD_POINT_AGE_HOURS` if it is there: how old a point must be for rewards.
    fn open(table: Table<Events>, env: &mut kit::Environment) -> Self {
        let hours = env.optional::<u16>("REWARD_POINT_AGE_HOURS").unwrap_or_default();
        Self::new(table).with_min_point_age(SignedDuration::from_hours(i64::from(hours)))
    }
}

impl Store {
    /// The items in this table.
    pub fn new(table: Table<Events>) -> Self {
        Self { table, min_point_age: SignedDuration::ZERO }
    }

    /// The same with rewards at points of at least this age only.
    #[must_use]
    pub fn with_min_point_age(self, min_point_age: SignedDuration) -> Self {
        Self { min_point_age, ..self }
    }

    /// Writes the marker of a deleted user: from here on nothing new is stored about them.
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Deletes what lies under a user who is marked as deleted, a bounded number of items.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_marked(user).await
    }
}

/// The value of what may have been found.
fn value<E>(found: Option<Versioned<E>>) -> Option<E> {
    found.map(|found| found.value)
}

/// Why a change was not made, which may have lost against another writer.
#[derive(Debug)]
pub enum NotChanged<E> {
    /// This is the newer state, if it is still there.
    Newer(Option<Box<Versioned<E>>>),
    /// The table failed.
    Store(StoreError),
}

impl<E> From<StoreError> for NotChanged<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E> From<dynamo::Conflict<E>> for NotChanged<E> {
    fn from(conflict: dynamo::Conflict<E>) -> Self {
        match conflict {
            dynamo::Conflict::Item(newer) => Self::Newer(newer),
            dynamo::Conflict::Store(error) => Self::Store(error),
        }
    }
}
