//! Points, and who keeps them.

use dynamo::{Conflict, Cursor, Key, Outbox, Page, Read, StoreError, Versioned};
use kit::limits::{Exceeded, Subject};
use types::{PointId, UserId};

use super::photos::AtPoint;
use super::{Outcome, Store, is_written, outcome, point_key};
use crate::domain::album::Placement;
use crate::domain::limits::POINTS;
use crate::domain::point::{KeptPoint, Point};

/// Why a point was not added.
#[derive(Debug)]
pub enum NotAdded {
    /// It was added before.
    Exists(Box<Versioned<Point>>),
    /// The keeper has created too many today.
    Limit(Exceeded),
    /// Its keeper was deleted.
    Forgotten,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotAdded {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// A point, or its mark, as it stands now.
    pub async fn point(&self, id: PointId) -> Result<Option<Versioned<Point>>, StoreError> {
        self.table.get(point_key(id), Read::Strong).await
    }

    /// Adds a point and its keeper's record of it.
    pub async fn add(&self, point: Point, keeper: UserId, outbox: &Outbox) -> Result<Versioned<Point>, NotAdded> {
        let (kept, now) = (KeptPoint { keeper_id: keeper, point_id: point.id }, point.created_at);
        let transaction = self.table.transaction().create(&point, outbox).create(&kept, &Outbox::none());
        let transaction = POINTS.count_in(transaction.unless_forgotten(keeper), Subject::User(keeper), now);
        match outcome(transaction.commit().await)? {
            Outcome::Written => Ok(Versioned::new(point, 1)),
            Outcome::Moved(cancelled) => match cancelled.item::<Point>(0)? {
                Some(before) => Err(NotAdded::Exists(Box::new(before))),
                None if cancelled.failed(2) => Err(NotAdded::Forgotten),
                None if cancelled.failed(3) => Err(NotAdded::Limit(POINTS.exceeded(now))),
                None => Err(StoreError::Contended { attempts: 1 }.into()),
            },
        }
    }

    /// Changes a point that is as it was read; none if it is not.
    pub async fn change(
        &self,
        read: &Versioned<Point>,
        next: Point,
        outbox: &Outbox,
    ) -> Result<Option<Versioned<Point>>, StoreError> {
        match self.table.replace(read, next, outbox).await {
            Ok(changed) => Ok(Some(changed)),
            Err(Conflict::Item(_)) => Ok(None),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Puts a mark in the place of a point, and takes away its photos and its keeper's record. False if something of it is
    /// not as it was read.
    pub async fn remove(&self, read: &AtPoint, mark: &Point, outbox: &Outbox) -> Result<bool, StoreError> {
        let point = &read.point;
        let mut transaction = self.table.transaction().replace(point, mark, outbox);
        if let Some(keeper_id) = point.value.keeper_id {
            transaction = transaction.delete(&kept(keeper_id, point.value.id));
        }
        transaction = match &read.album {
            Some(album) => transaction.delete(album),
            None => transaction.absent(super::album_key(point.value.id)),
        };
        for photo in read.album.iter().flat_map(|album| &album.value.photos) {
            let value = Placement { owner_id: photo.added_by, media_id: photo.media_id, point_id: point.value.id };
            transaction = transaction.delete(&Versioned::new(value, 1));
        }
        is_written(transaction.commit().await)
    }

    /// A page of the points that a user keeps; strongly consistent.
    pub async fn kept_by(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<KeptPoint>, StoreError> {
        self.table.list_strong(Key::new("user", user, "point#"), false, limit, after).await
    }

    /// Takes the keeper from a point, together with their record of it. False if something is not as it was read.
    pub async fn disown(
        &self,
        record: &Versioned<KeptPoint>,
        read: &Versioned<Point>,
        left: &Point,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        is_written(self.table.transaction().delete(record).replace(read, left, outbox).commit().await)
    }
}

/// A keeper's record, which never changes while it is there.
fn kept(keeper_id: UserId, point_id: PointId) -> Versioned<KeptPoint> {
    Versioned::new(KeptPoint { keeper_id, point_id }, 1)
}
