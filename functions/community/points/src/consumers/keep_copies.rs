//! On `media.published.v1`, `media.deleted.v1`, `points.point_removed.v1`: knows which pictures may be shown, takes those
//! away that may no more, and takes away the subscriptions and the counted care events of points that are gone.
//!
//! A picture is published, then deleted, and nothing brings it back; so the mark of a deletion stands against a publication
//! that comes late, and neither needs a number. Each effect is found from what is stored and is conditional, so an event that
//! comes again goes on where the last try ended.

use contracts::Envelope;
use contracts::media::{MediaDeleted, MediaPublished};
use contracts::points::PointRemoved;
use dynamo::{Cursor, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use kit::Deadline;
use kit::sqs::{Done, Failure, Handled, PageDone, PartlyHandled, Progress, Round, in_passes, in_rounds};
use serde_json::Value;
use types::PointId;

use crate::consumers::displacing::displace;
use crate::ctx::ConsumerContext;
use crate::domain::medium::{Medium, PURPOSE};
use crate::domain::subscription::Subscription;

/// How many points that show a picture are read at once.
const PAGE_PLACEMENTS: u32 = 50;
/// How many subscriptions are read at once.
const PAGE_SUBSCRIPTIONS: u32 = 100;
/// How many records of care events are read at once.
const PAGE_RECORDS: u32 = 100;
/// How many items are deleted at the same time.
const MAX_PARALLEL: usize = 16;

/// Handles one event.
pub async fn keep_copies(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<MediaPublished>() {
        Ok(published(ctx, &event.decode::<MediaPublished>()?.data).await?.into())
    } else if event.is::<MediaDeleted>() {
        deleted(ctx, &event.decode::<MediaDeleted>()?.data, deadline).await
    } else if event.is::<PointRemoved>() {
        let point = event.decode::<PointRemoved>()?.data.point_id;
        removed(ctx, point, deadline).await
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

/// The mark first: from here on no point begins to show the picture.
async fn deleted(ctx: &ConsumerContext, fact: &MediaDeleted, deadline: Deadline) -> PartlyHandled {
    if fact.purpose != PURPOSE {
        return Ok(Done::Ignored.into());
    }
    let (owner, media) = (fact.owner_id, fact.media_id);
    let noted = ctx.store.note_deleted(Medium::deleted(owner, media, ctx.clock.now())).await?;
    let progress = in_rounds(deadline, async || {
        // What was taken away is not seen again, so each page is the first.
        let page = ctx.store.placements(owner, Some(media), PAGE_PLACEMENTS).await?;
        let round = Round { changed: page.items.len(), more: page.next.is_some() };
        let placements = stream::iter(page.items.into_iter().map(Ok));
        placements.try_for_each_concurrent(MAX_PARALLEL, |placement| displace(ctx, placement)).await?;
        Ok(round)
    });
    Ok(progress.await?.and_applied(noted))
}

/// Deletes what is left of a point that is gone. Its figures went with it, so nothing more is counted.
async fn removed(ctx: &'static ConsumerContext, point: PointId, deadline: Deadline) -> PartlyHandled {
    let records = in_rounds(deadline, async || {
        let page = ctx.store.counted_events(point, PAGE_RECORDS).await?;
        let more = page.next.is_some();
        let dropped = stream::iter(page.items).map(|read| async move { ctx.store.drop_counted_event(read).await });
        let dropped: Vec<bool> = dropped.buffer_unordered(MAX_PARALLEL).try_collect().await?;
        Ok(Round { changed: count(&dropped), more })
    });
    match records.await? {
        Progress::Finished(done) => {
            let subscriptions = in_passes(deadline, async |after| drop_subscriptions(ctx, point, after).await);
            Ok(subscriptions.await?.and_applied(done == Done::Applied))
        }
        unfinished @ Progress::Continue(_) => Ok(unfinished),
    }
}

/// Deletes one page of the subscriptions of a point that is gone.
async fn drop_subscriptions(
    ctx: &'static ConsumerContext,
    point: PointId,
    after: Option<Cursor>,
) -> Result<PageDone<Cursor>, Failure> {
    let page = ctx.store.subscribers(point, PAGE_SUBSCRIPTIONS, after).await?;
    Ok(PageDone { changed: drop_all(ctx, page.items).await?, next: page.next })
}

/// Deletes subscriptions; how many were still there.
async fn drop_all(ctx: &'static ConsumerContext, page: Vec<Versioned<Subscription>>) -> Result<usize, Failure> {
    let dropped = stream::iter(page).map(|read| async move { ctx.store.drop_subscription(read).await });
    let dropped: Vec<bool> = dropped.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(count(&dropped))
}

fn count(dropped: &[bool]) -> usize {
    dropped.iter().filter(|dropped| **dropped).count()
}
