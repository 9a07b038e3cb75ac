//! On `media.published.v1`, `media.deleted.v1`, `points.point_removed.v1`: knows which pictures may be shown, takes those
//! away that may no more, and takes away the subscriptions of points that are gone.
//!
//! A picture is published, then deleted, and nothing brings it back; so the mark of a deletion stands against a publication
//! that comes late, and neither needs a number. Each effect is found from what is stored and is conditional, so an event that
//! comes again goes on where the last try ended.

use contracts::Envelope;
use contracts::media::{MediaDeleted, MediaPublished};
use contracts::points::PointRemoved;
use dynamo::Versioned;
use futures::{StreamExt, TryStreamExt, stream};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::consumers::displacing::displace;
use crate::ctx::ConsumerContext;
use crate::domain::medium::{Medium, PURPOSE};
use crate::domain::subscription::Subscription;

/// How many points that show a picture are read at once.
const PAGE_PLACEMENTS: u32 = 50;
/// How many subscriptions are read at once.
const PAGE_SUBSCRIPTIONS: u32 = 100;
/// How many pages one delivery deals with.
const MAX_PAGES: usize = 40;
/// How many subscriptions are deleted at the same time.
const MAX_PARALLEL: usize = 16;

/// Handles one event.
pub async fn keep_copies(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<MediaPublished>() {
        published(ctx, &event.decode::<MediaPublished>()?.data).await
    } else if event.is::<MediaDeleted>() {
        deleted(ctx, &event.decode::<MediaDeleted>()?.data).await
    } else if event.is::<PointRemoved>() {
        point_removed(ctx, &event.decode::<PointRemoved>()?.data).await
    } else {
        Err(Failure::Poison(format!("no use for {}", event.detail_type())))
    }
}

async fn published(ctx: &ConsumerContext, fact: &MediaPublished) -> Handled {
    if fact.purpose != PURPOSE {
        return Ok(Done::Ignored);
    }
    let noted = ctx.store.note_published(Medium::published(fact.owner_id, fact.media_id)).await?;
    Ok(if noted { Done::Applied } else { Done::Duplicate })
}

/// The mark first: from here on no point begins to show the picture.
async fn deleted(ctx: &ConsumerContext, fact: &MediaDeleted) -> Handled {
    if fact.purpose != PURPOSE {
        return Ok(Done::Ignored);
    }
    let (owner, media) = (fact.owner_id, fact.media_id);
    let mut applied = ctx.store.note_deleted(Medium::deleted(owner, media, ctx.clock.now())).await?;
    for _ in 0..MAX_PAGES {
        // What was taken away is not seen again, so each page is the first.
        let page = ctx.store.placements(owner, Some(media), PAGE_PLACEMENTS).await?;
        for placement in page.items {
            displace(ctx, placement).await?;
            applied = true;
        }
        if page.next.is_none() {
            return Ok(if applied { Done::Applied } else { Done::Duplicate });
        }
    }
    Err(more())
}

async fn point_removed(ctx: &'static ConsumerContext, fact: &PointRemoved) -> Handled {
    let mut applied = false;
    for _ in 0..MAX_PAGES {
        let page = ctx.store.subscribers(fact.point_id, PAGE_SUBSCRIPTIONS).await?;
        let is_last = page.len() < PAGE_SUBSCRIPTIONS as usize;
        let dropped = drop_all(ctx, page).await?;
        applied |= dropped > 0;
        if is_last {
            return Ok(if applied { Done::Applied } else { Done::Duplicate });
        }
        if dropped == 0 {
            // The index still shows what is gone: it is a moment behind.
            break;
        }
    }
    Err(more())
}

/// Deletes subscriptions; how many were still there.
async fn drop_all(ctx: &'static ConsumerContext, page: Vec<Versioned<Subscription>>) -> Result<usize, Failure> {
    let dropped = stream::iter(page).map(|read| async move { ctx.store.drop_subscription(&read).await });
    let dropped: Vec<bool> = dropped.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(dropped.into_iter().filter(|dropped| *dropped).count())
}

fn more() -> Failure {
    Failure::Retry("a part was taken away, and there is more".into())
}
