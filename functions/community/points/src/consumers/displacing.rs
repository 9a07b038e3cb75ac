//! Removes a picture from a point that shows it, also if other writers change the album meanwhile.

use dynamo::{ConflictRetry, Versioned};
use kit::sqs::Failure;

use crate::ctx::ConsumerContext;
use crate::domain::album::Placement;

/// Takes it away, together with its owner's record of it.
pub async fn displace(ctx: &ConsumerContext, read: Versioned<Placement>) -> Result<(), Failure> {
    let placement = read.value;
    let mut retry = ConflictRetry::default();
    loop {
        let album = ctx.store.at_point(placement.point_id).await?.and_then(|read| read.album);
        // Album and record are changed together, so without one there is no other.
        let Some(album) = album.filter(|album| album.value.photo(placement.media_id).is_some()) else { return Ok(()) };
        let next = album.value.without(placement.media_id);
        if ctx.store.displace(&album, &next, placement.clone()).await? {
            return Ok(());
        }
        retry.pause().await?;
    }
}
