//! How this context's items lie in the table. The key table is in this context's README.

mod activity;
mod figures;
mod photos;
mod points;
mod search;
mod subscriptions;

use dynamo::{Context, Entity, Forgotten, IndexKey, Key, StoreError, Table};
use geo::IndexPosition;
use jiff::Timestamp;
use types::{MediaId, PointId, UserId};

use crate::domain::album::{Album, Placement};
use crate::domain::medium::Medium;
use crate::domain::point::{KeptPoint, Point};
use crate::domain::subscription::Subscription;

pub use activity::{Activity, SeenPoint};
pub use photos::AtPoint;
pub use points::NotAdded;

/// The context's name in keys.
#[derive(Debug)]
pub struct Points;

impl Context for Points {
    const NAME: &'static str = "points";
}

impl Entity for Point {
    type Context = Points;

    fn key(&self) -> Key<Points> {
        point_key(self.id)
    }

    /// Found by where it is, until it is removed.
    fn index(&self) -> Option<IndexKey<Points>> {
        let position = IndexPosition::of(self.details.as_ref()?.location);
        Some(cell_key(position.partition, format!("{:016x}#{}", position.cell, self.id)))
    }

    fn expires_at(&self) -> Option<i64> {
        self.forgotten_at().map(Timestamp::as_second)
    }
}

impl Entity for KeptPoint {
    type Context = Points;

    fn key(&self) -> Key<Points> {
        let at = self.created_at.as_millisecond();
        Key::new("user", self.keeper_id, format!("point#{at:015}#{}", self.point_id))
    }
}

impl Entity for Album {
    type Context = Points;

    fn key(&self) -> Key<Points> {
        album_key(self.point_id)
    }
}

impl Entity for Placement {
    type Context = Points;

    fn key(&self) -> Key<Points> {
        Key::new("user", self.owner_id, format!("photo#{}#{}", self.media_id, self.point_id))
    }
}

impl Entity for Medium {
    type Context = Points;

    fn key(&self) -> Key<Points> {
        medium_key(self.owner_id, self.media_id)
    }

    fn expires_at(&self) -> Option<i64> {
        self.forgotten_at().map(Timestamp::as_second)
    }
}

impl Entity for Subscription {
    type Context = Points;

    fn key(&self) -> Key<Points> {
        subscription_key(self.user_id, self.point_id)
    }

    /// Listed under its point too, where it is looked for once the point is gone.
    fn index(&self) -> Option<IndexKey<Points>> {
        Some(IndexKey::new("subscribers", self.point_id, format!("user#{}", self.user_id)))
    }
}

fn point_key(id: PointId) -> Key<Points> {
    Key::new("point", id, "point")
}

fn album_key(id: PointId) -> Key<Points> {
    Key::new("point", id, "photos")
}

fn medium_key(owner: UserId, id: MediaId) -> Key<Points> {
    Key::new("user", owner, format!("media#{id}"))
}

fn subscription_key(user: UserId, point: PointId) -> Key<Points> {
    Key::new("user", user, format!("subscription#{point}"))
}

fn cell_key(partition: u64, sort: String) -> IndexKey<Points> {
    IndexKey::new("cell", format!("{partition:x}"), sort)
}

/// This context's items in the table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Points>,
}

impl kit::OpenStore for Store {
    type Context = Points;

    fn open(table: Table<Points>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// The items in this table.
    pub fn new(table: Table<Points>) -> Self {
        Self { table }
    }

    /// Leaves the marker that no new item of a person comes after.
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Deletes what is held on a user who is marked as deleted, a bounded number of items.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_marked(user).await
    }
}

/// What became of a change that makes something of a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is written.
    Yes,
    /// Something is not as it was read: nothing is written.
    Moved,
    /// The person was deleted: nothing is written.
    Forgotten,
}
