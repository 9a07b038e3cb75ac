//! On `identity.user_deleted.v1`: moves what the user had to the system's `unclaimed`, wipes what they wrote to others, and
//! deletes what this context holds on them. On `identity.account_reclaimed.v1`: does the same with what was there before the
//! takeover ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).

use contracts::Envelope;
use contracts::identity::{AccountReclaimed, UserDeleted};
use kit::Deadline;
use kit::sqs::{PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<AccountReclaimed>() {
        let (until, user) = (event.occurred_at, event.decode::<AccountReclaimed>()?.data.user_id);
        return in_rounds(deadline, async || Ok(ctx.store.reclaim(user, until, ctx.clock.now()).await?.into())).await;
    }
    let user = event.decode::<UserDeleted>()?.data.user_id;
    in_rounds(deadline, async || Ok(ctx.store.forget(user, ctx.clock.now()).await?.into())).await
}
