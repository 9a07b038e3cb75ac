//! On `identity.user_deleted.v1`: deletes what this context holds on the user. On `identity.account_reclaimed.v1`: discards
//! what was made before the takeover.
//!
//! Emits `points.point_updated.v1` for each point that they kept: it stays on the map, without a keeper. After a takeover
//! emits `points.point_unsubscribed.v1`, too.
//!
//! A deletion leaves the marker first, so that nothing new is made or counted of the user; then it changes what is elsewhere, found
//! from the user's own records: points, photos, and the counts of subscribers; then it deletes the rest. An attempt that was ended continues with
//! the records that are left.

use contracts::Envelope;
use contracts::identity::{AccountReclaimed, UserDeleted};
use dynamo::{ConflictRetry, Versioned};
use futures::stream::{self, TryStreamExt};
use kit::Deadline;
use kit::sqs::{Failure, PartlyHandled, Round, in_rounds};
use serde_json::Value;
use types::UserId;

use crate::consumers::displacing::displace;
use crate::consumers::leaving::leave_point;
use crate::consumers::reclaiming::reclaim;
use crate::ctx::ConsumerContext;
use crate::domain::subscription::Subscription;

/// Records per page.
const PAGE_RECORDS: u32 = 100;
/// How many records are processed at the same time.
const MAX_PARALLEL: usize = 16;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<AccountReclaimed>() {
        return reclaim(ctx, &event.decode()?, deadline).await;
    }
    let event = event.decode::<UserDeleted>()?;
    ctx.store.mark_forgotten(event.data.user_id, ctx.clock.now()).await?;
    in_rounds(deadline, async || round(ctx, &event).await).await
}

/// Nothing is deleted before all points, photos and counts are changed: they are found from the user's own records.
async fn round(ctx: &ConsumerContext, event: &Envelope<UserDeleted>) -> Result<Round, Failure> {
    let user = event.data.user_id;
    let left = leave_points(ctx, user, event).await?;
    if left.more {
        return Ok(left);
    }
    let removed = remove_photos(ctx, user).await?;
    if removed.more {
        return Ok(Round { changed: left.changed + removed.changed, more: true });
    }
    let ended = end_subscriptions(ctx, user).await?;
    let changed = left.changed + removed.changed + ended.changed;
    if ended.more {
        return Ok(Round { changed, more: true });
    }
    let forgotten = ctx.store.forget(user).await?;
    Ok(Round { changed: changed + forgotten.items, more: forgotten.more })
}

async fn end_subscriptions(ctx: &ConsumerContext, user: UserId) -> Result<Round, Failure> {
    let page = ctx.store.subscriptions_of(user, PAGE_RECORDS, None).await?;
    let round = Round { changed: page.items.len(), more: page.next.is_some() };
    let subscriptions = stream::iter(page.items.into_iter().map(Ok::<_, Failure>));
    subscriptions.try_for_each_concurrent(MAX_PARALLEL, |subscription| end(ctx, subscription)).await?;
    Ok(round)
}

/// Deletes one subscription and takes it out of the point's count, in one transaction.
async fn end(ctx: &ConsumerContext, mut read: Versioned<Subscription>) -> Result<(), Failure> {
    let (point, user) = (read.value.point_id, read.value.user_id);
    let mut figures = None;
    let mut retry = ConflictRetry::default();
    loop {
        if read.value.counted {
            let now = ctx.store.counting_subscription(point, user).await?;
            let Some(subscription) = now.subject else { return Ok(()) };
            (read, figures) = (subscription, now.figures);
        }
        if ctx.store.uncount_subscription(&read, figures.as_ref()).await? {
            return Ok(());
        }
        retry.pause().await?;
        let Some(newer) = ctx.store.subscription(point, user).await? else { return Ok(()) };
        read = newer;
    }
}

async fn leave_points(ctx: &ConsumerContext, user: UserId, event: &Envelope<UserDeleted>) -> Result<Round, Failure> {
    let page = ctx.store.kept_by(user, PAGE_RECORDS, None).await?;
    let records = stream::iter(page.items.iter().map(Ok::<_, Failure>));
    let left = records.try_for_each_concurrent(MAX_PARALLEL, async |record| {
        leave_point(ctx, record, event, |_| true).await.map(drop)
    });
    left.await?;
    Ok(Round { changed: page.items.len(), more: page.next.is_some() })
}

async fn remove_photos(ctx: &ConsumerContext, user: UserId) -> Result<Round, Failure> {
    let page = ctx.store.placements(user, None, PAGE_RECORDS).await?;
    let round = Round { changed: page.items.len(), more: page.next.is_some() };
    let placements = stream::iter(page.items.into_iter().map(Ok));
    placements.try_for_each_concurrent(MAX_PARALLEL, |placement| displace(ctx, placement)).await?;
    Ok(round)
}
