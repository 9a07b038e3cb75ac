//! On `identity.user_deleted.v1`: deletes what this context holds on the user. Their schedules end; their events stay at
//! their points without author, note and pictures, as the point's history.
//!
//! The marker comes first, so nothing new is made meanwhile. Events and schedules are found from the user's own partition
//! and leave it one by one, so a repeat goes on where this one was killed.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::Deadline;
use kit::sqs::{Failure, PartlyHandled, Round, in_rounds};
use serde_json::Value;
use types::UserId;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
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
    let forgotten = ctx.store.forget(user, ctx.clock.now()).await?;
    Ok(Round { changed: anonymised.events + forgotten.items, more: forgotten.more })
}
