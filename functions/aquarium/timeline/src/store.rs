//! The items of this context in the table. The key table is in this context's README.
//!
//! What every member needs lies under the aquarium, so that one read finds it for each of them: access, head, marks of commands,
//! progress of the views, snapshots, tasks. What is personal lies under a user: the entries under the owner of the aquarium, and
//! what a user wrote of tasks under that user.

mod accesses;
mod dosing;
mod erasure;
mod keys;
mod reading;
mod recount;
mod task_items;
mod tasks;
mod views;
mod writing;

use dynamo::{Context, Table};

pub use dosing::{NotPlanned, OpenedPlan};
pub use keys::SHARDS;
pub use reading::{MAX_REBUILT_ENTRIES, Opened};
pub use recount::{Changed, Compared};
pub use task_items::{DUE_SHARDS, Ended, OwnTask};
pub use tasks::{DueTasks, OpenedTask, TaskChange};
pub use writing::{Change, Mark, NotWritten, Settling};

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
}
