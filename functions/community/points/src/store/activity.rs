//! What is shown with a point: photos, figures, and whether the caller follows it. One batch read for a page of points.

use dynamo::{Found, Key, MAX_BATCH_ITEMS, Read, StoreError, Versioned};
use futures::future::try_join_all;
use types::{PointId, UserId};

use super::figures::figures_key;
use super::{Points, Store, album_key, point_key, subscription_key};
use crate::domain::album::Album;
use crate::domain::figures::Figures;
use crate::domain::point::Point;
use crate::domain::subscription::Subscription;

/// Points whose activity one call reads.
const POINTS_PER_CALL: usize = MAX_BATCH_ITEMS / 3;
/// Points that one call reads together with their activity.
const SEEN_PER_CALL: usize = MAX_BATCH_ITEMS / 4;

/// What is shown with a point.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Photos.
    pub album: Album,
    /// Figures.
    pub figures: Figures,
    /// Whether the caller follows the point.
    pub subscribed: bool,
}

/// A point as a user sees it.
#[derive(Debug, Clone)]
pub struct SeenPoint {
    /// The point, or its mark.
    pub point: Versioned<Point>,
    /// What is shown with it.
    pub activity: Activity,
}

impl Store {
    /// What is shown with points, in their order. May miss the last second. Its calls run at the same time.
    pub async fn activity(&self, user: UserId, ids: &[PointId]) -> Result<Vec<Activity>, StoreError> {
        let calls = ids.chunks(POINTS_PER_CALL).map(async |ids| {
            let keys = ids.iter().flat_map(|id| activity_keys(user, *id)).collect();
            let mut found = self.table.get_many(keys, Read::Eventual).await?;
            ids.iter().map(|id| take_activity(&mut found, user, *id)).collect::<Result<Vec<_>, _>>()
        });
        Ok(try_join_all(calls).await?.concat())
    }

    /// A point as a user sees it, as it stands now.
    pub async fn seen_point(&self, user: UserId, id: PointId) -> Result<Option<SeenPoint>, StoreError> {
        Ok(self.seen(user, &[id], Read::Strong).await?.pop())
    }

    /// Points as a user sees them, in the order of their ids here; those that there are. May miss the last second. Its calls
    /// run at the same time.
    pub async fn seen_points(&self, user: UserId, ids: &[PointId]) -> Result<Vec<SeenPoint>, StoreError> {
        let calls = ids.chunks(SEEN_PER_CALL).map(|ids| self.seen(user, ids, Read::Eventual));
        Ok(try_join_all(calls).await?.concat())
    }

    async fn seen(&self, user: UserId, ids: &[PointId], read: Read) -> Result<Vec<SeenPoint>, StoreError> {
        let keys = ids.iter().flat_map(|id| [point_key(*id)].into_iter().chain(activity_keys(user, *id))).collect();
        let mut found = self.table.get_many(keys, read).await?;
        let mut seen = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(point) = found.take(point_key(*id))? {
                seen.push(SeenPoint { point, activity: take_activity(&mut found, user, *id)? });
            }
        }
        Ok(seen)
    }
}

fn activity_keys(user: UserId, id: PointId) -> [Key<Points>; 3] {
    [album_key(id), figures_key(id), subscription_key(user, id)]
}

fn take_activity(found: &mut Found, user: UserId, id: PointId) -> Result<Activity, StoreError> {
    let album = found.take::<Album>(album_key(id))?;
    let figures = found.take::<Figures>(figures_key(id))?;
    let subscription = found.take::<Subscription>(subscription_key(user, id))?;
    Ok(Activity {
        album: album.map_or_else(|| Album::empty(id), |album| album.value),
        figures: figures.map_or_else(|| Figures::new(id), |figures| figures.value),
        subscribed: subscription.is_some_and(|subscription| subscription.value.active),
    })
}
