//! On `identity.user_deleted.v1`: deletes the timelines of the user's aquariums, and removes the user's words from timelines of
//! others, whose history stays.
//!
//! The marker comes first, so nothing new is written meanwhile. Everything is found from the user's own partition, which is
//! deleted last, so a repeat goes on where this one was killed.

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

async fn round(ctx: &ConsumerContext, user: UserId) -> Result<Round, Failure> {
    let redacted = ctx.store.redact(user).await?;
    if redacted.more {
        return Ok(redacted);
    }
    let tasks = ctx.store.redact_tasks(user).await?;
    let changed = redacted.changed + tasks.changed;
    if tasks.more {
        return Ok(Round { changed, more: true });
    }
    let erased = ctx.store.erase_owned(user, ctx.clock.now()).await?;
    let changed = changed + erased.changed;
    if erased.more {
        return Ok(Round { changed, more: true });
    }
    let forgotten = ctx.store.forget(user).await?;
    Ok(Round { changed: changed + forgotten.items, more: forgotten.more })
}
