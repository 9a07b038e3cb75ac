//! On `identity.user_deleted.v1`: deletes what this context holds on the user. Their schedules end; their events stay at
//! their points without author, note and pictures, as the point's history. On `identity.account_reclaimed.v1`: does the same
//! with schedules and events that were made before the takeover
//! ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).
//!
//! The marker comes first, so nothing new is made meanwhile. Events and schedules are found from the user's own partition
//! and leave it one by one, so a repeat goes on where this one was killed.

use contracts::Envelope;
use contracts::identity::{AccountReclaimed, UserDeleted};
use dynamo::Cursor;
use kit::Deadline;
use kit::sqs::{Done, Failure, PageDone, PartlyHandled, Progress, Round, in_passes, in_rounds};
use serde_json::Value;
use types::UserId;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<AccountReclaimed>() {
        return reclaim(ctx, &event.decode()?, deadline).await;
    }
    let user = event.decode::<UserDeleted>()?.data.user_id;
    ctx.store.mark_forgotten(user, ctx.clock.now()).await?;
    in_rounds(deadline, async || round(ctx, user).await).await
}

/// Nothing is deleted before all events are anonymous: they are found from the user's own items.
async fn round(ctx: &ConsumerContext, user: UserId) -> Result<Round, Failure> {
    let anonymised = ctx.store.anonymise(user).await?;
    if anonymised.more {
        return Ok(Round { changed: anonymised.events, more: true });
    }
    ctx.store.end_schedules_of(user).await?;
    let forgotten = ctx.store.forget(user).await?;
    Ok(Round { changed: anonymised.events + forgotten.items, more: forgotten.more })
}

/// Events and schedules of the registrant. Those of the mailbox owner, made since, stay however late the event is.
async fn reclaim(ctx: &ConsumerContext, event: &Envelope<AccountReclaimed>, deadline: Deadline) -> PartlyHandled {
    let (user, until) = (event.data.user_id, event.occurred_at);
    let ended = ctx.store.end_schedules_until(user, until).await?;
    let page = |(changed, next): (usize, Option<Cursor>)| PageDone { changed, next };
    let events =
        in_passes(deadline, async |after| Ok(page(ctx.store.anonymise_until(user, until, after).await?))).await?;
    let Progress::Finished(done) = events else { return Ok(events) };
    let marks =
        in_passes(deadline, async |after| Ok(page(ctx.store.anonymise_marks_until(user, until, after).await?))).await?;
    Ok(marks.and_applied(ended > 0 || done == Done::Applied))
}
