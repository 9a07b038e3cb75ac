//! Takes a picture away from a point that shows it, whoever else changes the album meanwhile.

use dynamo::{Versioned, backoff};
use kit::sqs::Failure;

use crate::ctx::ConsumerContext;
use crate::domain::album::Placement;

/// How often it is tried.
const MAX_ATTEMPTS: u32 = 8;

/// Takes it away, together with its owner's record of it.
pub async fn displace(ctx: &ConsumerContext, read: Versioned<Placement>) -> Result<(), Failure> {
    let placement = read.value;
    for attempt in 1..=MAX_ATTEMPTS {
        let album = ctx.store.at_point(placement.point_id).await?.and_then(|read| read.album);
        // Album and record are changed together, so without one there is no other.
        let Some(album) = album.filter(|album| album.value.photo(placement.media_id).is_some()) else { return Ok(()) };
        let next = album.value.without(placement.media_id);
        if ctx.store.displace(&album, &next, placement.clone()).await? {
            return Ok(());
        }
        tokio::time::sleep(backoff(attempt)).await;
    }
    Err(Failure::Retry("others kept changing the photos".into()))
}
