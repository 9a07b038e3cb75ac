//! On events of other contexts: keeps what this one needs of points, people, pictures and subscriptions. One queue for all
//! of them, since each queue that is polled costs money while nothing happens.

use contracts::Envelope;
use contracts::identity::{UserRestored, UserSuspended};
use contracts::media::{MediaDeleted, MediaPublished};
use contracts::points::{PointCreated, PointRemoved, PointSubscribed, PointUnsubscribed, PointUpdated};
use contracts::wallet::CurrencyChanged;
use dynamo::StoreError;
use futures::{StreamExt, TryStreamExt, stream};
use kit::Deadline;
use kit::sqs::{Done, Failure, Handled, PageDone, PartlyHandled, in_passes};
use serde_json::Value;
use types::{PointId, UserId};

use crate::ctx::ConsumerContext;
use crate::domain::copies::{MediumCopy, Place, PointCopy, Standing, Subscription};

/// How many copies are deleted at the same time.
const MAX_PARALLEL: usize = 16;

/// Handles one event. Whatever order they come in, and however often, the newest stands.
pub async fn keep_copies(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<PointRemoved>() {
        return removed(ctx, &event.decode::<PointRemoved>()?.data, deadline).await;
    }
    let done = match event.context() {
        "points" => of_points(ctx, event).await?,
        "identity" => of_people(ctx, event).await?,
        "media" => of_pictures(ctx, event).await?,
        "wallet" => done(ctx.store.keep_currency(&event.decode::<CurrencyChanged>()?.data.code).await)?,
        _ => return Err(no_use(&event)),
    };
    Ok(done.into())
}

fn no_use(event: &Envelope<Value>) -> Failure {
    Failure::Poison(format!("unexpected event type {}", event.detail_type()))
}

fn done(kept: Result<bool, StoreError>) -> Handled {
    Ok(if kept? { Done::Applied } else { Done::Duplicate })
}

async fn of_points(ctx: &ConsumerContext, event: Envelope<Value>) -> Handled {
    let (store, now) = (&ctx.store, ctx.clock.now());
    if event.is::<PointCreated>() {
        let event = event.decode::<PointCreated>()?;
        let PointCreated { point_id, name, location, keeper_id, revision, .. } = event.data;
        let copy = PointCopy::present(point_id, Place { name, location, keeper_id }, revision);
        done(store.keep_point(&copy.created(event.occurred_at)).await)
    } else if event.is::<PointUpdated>() {
        let PointUpdated { point_id, name, location, keeper_id, revision, .. } = event.decode()?.data;
        let copy = PointCopy::present(point_id, Place { name, location, keeper_id }, revision);
        done(store.keep_point(&copy).await)
    } else if event.is::<PointSubscribed>() {
        subscribed(ctx, &event.decode::<PointSubscribed>()?.data).await
    } else if event.is::<PointUnsubscribed>() {
        let fact = event.decode::<PointUnsubscribed>()?.data;
        done(store.keep_subscription(&Subscription::ended(fact.user_id, fact.point_id, fact.revision, now)).await)
    } else {
        Err(no_use(&event))
    }
}

/// The mark first: a request that begins to follow from here on finds it, and deletes its own copy.
async fn removed(ctx: &ConsumerContext, fact: &PointRemoved, deadline: Deadline) -> PartlyHandled {
    let gone = PointCopy::gone(fact.point_id, fact.revision, ctx.clock.now());
    let kept = ctx.store.keep_point(&gone).await?;
    let progress = in_passes(deadline, async |after| drop_subscriptions(ctx, fact.point_id, after).await).await?;
    Ok(progress.and_applied(kept))
}

/// Deletes one page of the copies of subscriptions of a point that is gone.
async fn drop_subscriptions(
    ctx: &ConsumerContext,
    point: PointId,
    after: Option<UserId>,
) -> Result<PageDone<UserId>, Failure> {
    let page = ctx.store.subscribers(point, after).await?;
    let next = page.items.last().filter(|_| page.next.is_some()).map(|last| last.value.user_id);
    let dropped = stream::iter(page.items).map(|read| async move { ctx.store.drop_subscription(read).await });
    let dropped: Vec<bool> = dropped.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(PageDone { changed: dropped.into_iter().filter(|dropped| *dropped).count(), next })
}

async fn subscribed(ctx: &ConsumerContext, fact: &PointSubscribed) -> Handled {
    let begun = Subscription::begun(fact.user_id, fact.point_id, fact.revision);
    let kept = ctx.store.keep_subscription(&begun).await?;
    if kept && ctx.store.is_gone(fact.point_id).await? {
        // It came late. If this is never reached, one copy stays that nothing is ever told by.
        ctx.store.forget_subscription(fact.user_id, fact.point_id).await?;
        return Ok(Done::Ignored);
    }
    Ok(if kept { Done::Applied } else { Done::Duplicate })
}

async fn of_people(ctx: &ConsumerContext, event: Envelope<Value>) -> Handled {
    let since = event.occurred_at;
    let standing = |user_id: UserId, suspended: bool| Standing { user_id, suspended, since };
    if event.is::<UserSuspended>() {
        suspended(ctx, &standing(event.decode::<UserSuspended>()?.data.user_id, true)).await
    } else if event.is::<UserRestored>() {
        done(ctx.store.keep_standing(&standing(event.decode::<UserRestored>()?.data.user_id, false)).await)
    } else {
        Err(no_use(&event))
    }
}

/// Ends the schedules of a suspended user, also on a repeat: the first delivery may have been killed in between. An event
/// that is older than what is known ends nothing.
async fn suspended(ctx: &ConsumerContext, standing: &Standing) -> Handled {
    let kept = ctx.store.keep_standing(standing).await?;
    if !kept && ctx.store.standing(standing.user_id).await?.as_ref() != Some(standing) {
        return Ok(Done::Duplicate);
    }
    let ended = ctx.store.end_schedules_of(standing.user_id).await?;
    Ok(if kept || ended > 0 { Done::Applied } else { Done::Duplicate })
}

/// What a picture is for does not matter: its owner decides what to show.
async fn of_pictures(ctx: &ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<MediaPublished>() {
        let fact = event.decode::<MediaPublished>()?.data;
        done(ctx.store.keep_medium(&MediumCopy::published(fact.owner_id, fact.media_id, fact.path)).await)
    } else if event.is::<MediaDeleted>() {
        let fact = event.decode::<MediaDeleted>()?.data;
        done(ctx.store.keep_medium(&MediumCopy::deleted(fact.owner_id, fact.media_id, ctx.clock.now())).await)
    } else {
        Err(no_use(&event))
    }
}
