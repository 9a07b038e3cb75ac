//! On `media.published.v1`, `media.deleted.v1`: knows which pictures may be shown, and removes deleted ones from products. On
//! `orders.promotion_changed.v1`: knows which promotions reduced which prices, and when.
//!
//! Emits `catalog.product_changed.v1` for each published product that loses a picture.
//!
//! A picture is published, then deleted, and nothing brings it back: the mark of a deletion stands against a publication that comes
//! late. A promotion is the set of its revisions. So neither the order of events nor their number matters.

use contracts::Envelope;
use contracts::media::{MediaDeleted, MediaPublished};
use contracts::orders::PromotionChanged;
use futures::{StreamExt, TryStreamExt, stream};
use kit::Deadline;
use kit::sqs::{Done, Failure, Handled, PartlyHandled, Round, in_rounds};
use serde_json::Value;

use crate::consumers::displacing::displace;
use crate::ctx::ConsumerContext;
use crate::domain::media::{Medium, PURPOSE};
use crate::domain::promotion::Revision;

/// Number of products per page that show a picture.
const PAGE_PLACEMENTS: u32 = 50;
/// How many items are written at the same time.
const MAX_PARALLEL: usize = 16;

/// Handles one event.
pub async fn keep_copies(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<MediaPublished>() {
        Ok(published(ctx, &event.decode::<MediaPublished>()?.data).await?.into())
    } else if event.is::<MediaDeleted>() {
        deleted(ctx, &event.decode::<MediaDeleted>()?, deadline).await
    } else if event.is::<PromotionChanged>() {
        Ok(promotion_changed(ctx, event.decode::<PromotionChanged>()?).await?.into())
    } else {
        Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())))
    }
}

async fn published(ctx: &ConsumerContext, fact: &MediaPublished) -> Handled {
    if fact.purpose != PURPOSE {
        return Ok(Done::Ignored);
    }
    let medium = Medium::published(fact.owner_id, fact.media_id, fact.path.clone());
    let noted = ctx.store.note_published(medium).await?;
    Ok(if noted { Done::Applied } else { Done::Duplicate })
}

/// The mark first: from here on no product begins to show the picture.
async fn deleted(ctx: &ConsumerContext, event: &Envelope<MediaDeleted>, deadline: Deadline) -> PartlyHandled {
    let MediaDeleted { media_id, owner_id, purpose } = &event.data;
    if purpose != PURPOSE {
        return Ok(Done::Ignored.into());
    }
    let noted = ctx.store.note_deleted(Medium::deleted(*owner_id, *media_id, ctx.clock.now())).await?;
    let progress = in_rounds(deadline, async || {
        // What was removed is not seen again, so each page is the first.
        let page = ctx.store.placements(*owner_id, Some(*media_id), PAGE_PLACEMENTS).await?;
        let round = Round { changed: page.items.len(), more: page.next.is_some() };
        let placements = stream::iter(page.items.into_iter().map(Ok));
        placements.try_for_each_concurrent(MAX_PARALLEL, |read| displace(ctx, event, read.value)).await?;
        Ok(round)
    });
    Ok(progress.await?.and_applied(noted))
}

async fn promotion_changed(ctx: &'static ConsumerContext, event: Envelope<PromotionChanged>) -> Handled {
    let (promotion_id, number) = (event.data.promotion_id, event.data.revision);
    let revision = Revision::of(event.data, event.occurred_at);
    let (copy, is_new) = ctx.store.keep_promotion(promotion_id, &revision).await?;
    // Also of a known revision: an earlier attempt may have ended here.
    let courses = copy.value.affected(number).into_iter().map(|reach| (reach, copy.value.course(reach, copy.version)));
    let kept = stream::iter(courses).map(async |(reach, course)| ctx.store.keep_course(reach, &course).await);
    let kept: Vec<bool> = kept.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(if is_new || kept.contains(&true) { Done::Applied } else { Done::Duplicate })
}
