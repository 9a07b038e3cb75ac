//! On `media.published.v1`, `media.deleted.v1`: keeps which pictures of which users can be identified.

use contracts::Envelope;
use contracts::media::{MediaDeleted, MediaPublished};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::picture::{PURPOSE, PictureCopy};

/// Handles one event. A deletion is final, whatever order events come in.
pub async fn keep_pictures(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let (purpose, copy) = if event.is::<MediaPublished>() {
        let MediaPublished { media_id, owner_id, purpose, path, .. } = event.decode()?.data;
        (purpose, PictureCopy::published(owner_id, media_id, path))
    } else if event.is::<MediaDeleted>() {
        let MediaDeleted { media_id, owner_id, purpose } = event.decode()?.data;
        (purpose, PictureCopy::deleted(owner_id, media_id, ctx.clock.now()))
    } else {
        return Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())));
    };
    if purpose != PURPOSE {
        return Ok(Done::Ignored);
    }
    Ok(if ctx.store.keep_picture(&copy).await? { Done::Applied } else { Done::Duplicate })
}
