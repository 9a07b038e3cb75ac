//! Photos of points, and what is known of pictures.

use dynamo::{Found, Key, Outbox, Page, Read, StoreError, Versioned, is_written, refused};
use types::{MediaId, PointId, UserId};

use super::figures::figures_key;
use super::{Saved, Store, album_key, medium_key, point_key};
use crate::domain::album::{Album, Placement};
use crate::domain::figures::Figures;
use crate::domain::medium::Medium;
use crate::domain::point::Point;

/// A point with its photos.
#[derive(Debug, Clone)]
pub struct AtPoint {
    /// The point, or its mark.
    pub point: Versioned<Point>,
    /// Its photos, if it ever had one.
    pub album: Option<Versioned<Album>>,
    /// Its figures, unless it is gone.
    pub figures: Option<Versioned<Figures>>,
}

impl AtPoint {
    /// The photos as they are, or none.
    pub fn photos(&self) -> Album {
        self.album.as_ref().map_or_else(|| Album::empty(self.point.value.id), |album| album.value.clone())
    }
}

fn take_at_point(found: &mut Found, id: PointId) -> Result<Option<AtPoint>, StoreError> {
    let Some(point) = found.take(point_key(id))? else { return Ok(None) };
    Ok(Some(AtPoint { point, album: found.take(album_key(id))?, figures: found.take(figures_key(id))? }))
}

impl Store {
    /// A point with its photos, as it stands now.
    pub async fn at_point(&self, id: PointId) -> Result<Option<AtPoint>, StoreError> {
        let keys = vec![point_key(id), album_key(id), figures_key(id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        take_at_point(&mut found, id)
    }

    /// The same without its figures, and what is known of a picture.
    pub async fn at_point_with(
        &self,
        id: PointId,
        owner: UserId,
        media: MediaId,
    ) -> Result<Option<(AtPoint, Option<Versioned<Medium>>)>, StoreError> {
        let keys = vec![point_key(id), album_key(id), medium_key(owner, media)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(at_point) = take_at_point(&mut found, id)? else { return Ok(None) };
        Ok(Some((at_point, found.take(medium_key(owner, media))?)))
    }

    /// Shows a picture at a point, while point, album and picture are as they were read.
    pub async fn place(&self, read: &AtPoint, medium: &Versioned<Medium>, next: &Album) -> Result<Saved, StoreError> {
        let (owner_id, media_id) = (medium.value.owner_id, medium.value.media_id);
        let placement = Placement { owner_id, media_id, point_id: next.point_id };
        let transaction = self.table.transaction().unless_forgotten(owner_id).create(&placement, &Outbox::none());
        let transaction = match &read.album {
            Some(album) => transaction.replace(album, next, &Outbox::none()),
            None => transaction.create(next, &Outbox::none()),
        };
        Ok(match refused(transaction.unchanged(&read.point).unchanged(medium).commit().await)? {
            None => Saved::Yes,
            Some(cancelled) if cancelled.failed(0) => Saved::Forgotten,
            Some(_) => Saved::Moved,
        })
    }

    /// Shows a picture at a point no more. False if the album is not as it was read.
    pub async fn displace(
        &self,
        album: &Versioned<Album>,
        next: &Album,
        placement: Placement,
    ) -> Result<bool, StoreError> {
        let placement = Versioned::new(placement, 1);
        let transaction = self.table.transaction().replace(album, next, &Outbox::none()).delete(&placement);
        is_written(transaction.commit().await)
    }

    /// Where a user's pictures are shown, a page of it, as it stands now; of one picture or of all.
    pub async fn placements(
        &self,
        owner: UserId,
        media: Option<MediaId>,
        limit: u32,
    ) -> Result<Page<Placement>, StoreError> {
        let prefix = media.map_or_else(|| "photo#".to_owned(), |media| format!("photo#{media}#"));
        self.table.list_strong(Key::new("user", owner, prefix), false, limit, None).await
    }

    /// Notes that a picture may be shown. False if it is known, or its owner was forgotten.
    pub async fn note_published(&self, medium: Medium) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().create(&medium, &Outbox::none());
        is_written(transaction.unless_forgotten(medium.owner_id).commit().await)
    }

    /// Notes that a picture was deleted. False if it was noted before, or its owner was forgotten.
    pub async fn note_deleted(&self, mark: Medium) -> Result<bool, StoreError> {
        let owner = mark.owner_id;
        let transaction = self.table.transaction().create(&mark, &Outbox::none());
        let before = match refused(transaction.unless_forgotten(owner).commit().await)? {
            None => return Ok(true),
            Some(cancelled) => cancelled.item::<Medium>(0)?,
        };
        // It is known: nothing but its deletion ever changes it.
        let Some(before) = before.filter(|before| before.value.is_there()) else { return Ok(false) };
        is_written(self.table.replace(&before, mark, &Outbox::none()).await)
    }
}
