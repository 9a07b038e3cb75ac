//! The items of this context in the table. The key table is in this context's README.

mod access;
mod alarms;
mod aquariums;
mod contributions;
mod days;
mod devices;
mod equipment;
mod history;
mod invitations;
mod lists;
mod livestock;
mod quotas;
mod readings;
mod records;
mod removal;
mod series;
mod shares;
mod tally;
mod watches;

use dynamo::{Context, Forgotten, StoreError, Table};
use jiff::Timestamp;
use types::UserId;

pub use access::Opened;
pub use alarms::{Effects, HeadWrite, RuleWrite, Surroundings};
pub use aquariums::NotAdded;
pub use history::{HistorySite, NotImported};
pub use invitations::{Admission, Invited, NotInvited};
pub use lists::{Listed, ListedPage};
pub use readings::{NotStored, ReadingLog};
pub use records::NotRecorded;

pub use devices::{Committed, DeviceParts, Installation, Measured, SensorSite};
pub use series::{RollupBucket, SampleBucket, Stored};
pub use watches::{Around, Watched};

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

    /// Leaves the marker of a deleted user: from here on nothing new is stored under the user.
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Deletes up to a thousand items of a user who is marked as deleted.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_marked(user).await
    }
}
