//! The items of this context in the table. The key table is in this context's README.

mod identifications;
mod pictures;

use dynamo::{Context, Entity, Forgotten, IndexKey, Key, StoreError, Table};
use jiff::Timestamp;
use types::{IdentificationId, MediaId, UserId};

use crate::domain::identification::Identification;
use crate::domain::picture::PictureCopy;

pub use identifications::{Ended, NotAdded, NotChanged, WithPicture};

/// The name of the context in keys.
#[derive(Debug)]
pub struct Vision;

impl Context for Vision {
    const NAME: &'static str = "vision";
}

impl Entity for Identification {
    type Context = Vision;

    fn key(&self) -> Key<Vision> {
        identification_key(self.user_id, self.id)
    }

    /// Among those of the user, by time, until it is deleted: the ID is derived from the Idempotency-Key and does not sort.
    fn index(&self) -> Option<IndexKey<Vision>> {
        // Whole milliseconds in a fixed width sort as times do.
        let created = self.created_at.as_millisecond();
        let sort = format!("identification#{created:015}#{}", self.id);
        (!self.is_deleted()).then(|| IndexKey::new("user", self.user_id, sort))
    }

    fn expires_at(&self) -> Option<i64> {
        Self::expires_at(self)
    }
}

impl Entity for PictureCopy {
    type Context = Vision;

    fn key(&self) -> Key<Vision> {
        picture_key(self.owner_id, self.media_id)
    }

    fn expires_at(&self) -> Option<i64> {
        self.until
    }
}

/// What the sort keys of identifications start with, also in the index.
const LISTED: &str = "identification#";

fn identification_key(user: UserId, id: IdentificationId) -> Key<Vision> {
    Key::new("user", user, format!("identification#{id}"))
}

fn picture_key(owner: UserId, id: MediaId) -> Key<Vision> {
    Key::new("user", owner, format!("picture#{id}"))
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Vision>,
}

impl kit::OpenStore for Store {
    type Context = Vision;

    fn open(table: Table<Vision>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Vision>) -> Self {
        Self { table }
    }

    /// Deletes what is stored of a user: identifications, copies of pictures, counts of limits.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }
}
