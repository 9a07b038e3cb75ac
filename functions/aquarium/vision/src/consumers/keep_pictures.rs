//! On `media.published.v1`, `media.deleted.v1`: keep pictures.
//! As generated, it lets the event pass.

use contracts::Envelope;
use contracts::media::{MediaDeleted, MediaPublished};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn keep_pictures(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<MediaPublished>() {
        published(ctx, &event.decode::<MediaPublished>()?.data).await
    } else if event.is::<MediaDeleted>() {
        deleted(ctx, &event.decode::<MediaDeleted>()?.data).await
    } else {
        Err(Failure::Poison(format!("no use for {}", event.detail_type())))
    }
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn published(_ctx: &ConsumerContext, _fact: &MediaPublished) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn deleted(_ctx: &ConsumerContext, _fact: &MediaDeleted) -> Handled {
    Ok(Done::Ignored)
}
