//! On `identity.user_deleted.v1`: deletes the sessions and baskets of the user. The next build of the model forgets them. On
//! `identity.account_reclaimed.v1`: does the same with what was there before the takeover, and with the few views since; the account
//! continues to be recorded ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).

use contracts::Envelope;
use contracts::identity::{AccountReclaimed, UserDeleted};
use kit::Deadline;
use kit::sqs::{PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<AccountReclaimed>() {
        let user = event.decode::<AccountReclaimed>()?.data.user_id;
        return in_rounds(deadline, async || Ok(ctx.store.discard(user).await?.into())).await;
    }
    let user = event.decode::<UserDeleted>()?.data.user_id;
    in_rounds(deadline, async || Ok(ctx.store.forget(user, ctx.clock.now()).await?.into())).await
}
