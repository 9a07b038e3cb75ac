//! Points, and who keeps them.

use dynamo::{Cursor, Key, Outbox, Page, Read, StoreError, Versioned, is_written, refused};
use kit::limits::{Exceeded, Subject};
use types::{PointId, UserId};

use super::photos::AtPoint;
use super::{Store, point_key};
use crate::domain::album::Placement;
use crate::domain::figures::Figures;
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

    /// Adds a point, its figures, and its keeper's record of it.
    pub async fn add(&self, point: Point, keeper: UserId, outbox: &Outbox) -> Result<Versioned<Point>, NotAdded> {
        let (point_id, now) = (point.id, point.created_at);
        let kept = KeptPoint { keeper_id: keeper, point_id, created_at: now, details: point.details.clone() };
        let transaction = self.table.transaction().create(&point, outbox).create(&kept, &Outbox::none());
        let transaction = POINTS.count_in(transaction.unless_forgotten(keeper), Subject::User(keeper), now);
        let transaction = transaction.create(&Figures::new(point_id), &Outbox::none());
        match refused(transaction.commit().await)? {
            None => Ok(Versioned::new(point, 1)),
            Some(cancelled) => match cancelled.item::<Point>(0)? {
                Some(before) => Err(NotAdded::Exists(Box::new(before))),
                None if cancelled.failed(2) => Err(NotAdded::Forgotten),
                None if cancelled.failed(3) => Err(NotAdded::Limit(POINTS.exceeded(now))),
                None => Err(StoreError::Contended { attempts: 1 }.into()),
            },
        }
    }

    /// Changes a point that is as it was read, and its keeper's record of it; none if it is not.
    pub async fn change(
        &self,
        read: &Versioned<Point>,
        next: Point,
        outbox: &Outbox,
    ) -> Result<Option<Versioned<Point>>, StoreError> {
        let mut transaction = self.table.transaction().replace(read, &next, outbox);
        if let (Some(before), Some(after)) = (kept(read), KeptPoint::of(&next)) {
            transaction = transaction.replace(&before, &after, &Outbox::none());
        }
        Ok(is_written(transaction.commit().await)?.then(|| read.successor(next)))
    }

    /// Puts a mark in the place of a point, and takes away its photos, its figures and its keeper's record. False if something
    /// of it is not as it was read.
    pub async fn remove(&self, read: &AtPoint, mark: &Point, outbox: &Outbox) -> Result<bool, StoreError> {
        let point = &read.point;
        let mut transaction = self.table.transaction().replace(point, mark, outbox);
        if let Some(kept) = kept(point) {
            transaction = transaction.delete(&kept);
        }
        if let Some(figures) = &read.figures {
            transaction = transaction.delete(figures);
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

    /// A page of the points that a user keeps, the newest first. May miss the last second.
    pub async fn kept_points(&self, user: UserId, page: kit::http::Page) -> Result<Page<KeptPoint>, StoreError> {
        self.table.list(Key::new("user", user, "point#"), true, page.limit, page.cursor).await
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
    pub async fn disown(&self, read: &Versioned<Point>, left: &Point, outbox: &Outbox) -> Result<bool, StoreError> {
        let mut transaction = self.table.transaction().replace(read, left, outbox);
        if let Some(kept) = kept(read) {
            transaction = transaction.delete(&kept);
        }
        is_written(transaction.commit().await)
    }
}

/// The record of a point's keeper, as it is stored.
fn kept(point: &Versioned<Point>) -> Option<Versioned<KeptPoint>> {
    KeptPoint::of(&point.value).map(|kept| Versioned::new(kept, point.version))
}
