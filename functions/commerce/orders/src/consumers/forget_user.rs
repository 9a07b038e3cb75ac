//! On `identity.user_deleted.v1`: deletes what this context holds on the user. On `identity.account_reclaimed.v1`: discards the
//! cart and the customer group from before the takeover, and takes the orders from before it away from the account
//! ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).

use contracts::Envelope;
use contracts::identity::{AccountReclaimed, UserDeleted};
use kit::Deadline;
use kit::sqs::{Done, PartlyHandled, Progress, in_rounds};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<AccountReclaimed>() {
        return reclaim(ctx, &event.decode()?, deadline).await;
    }
    let user = event.decode::<UserDeleted>()?.data.user_id;
    in_rounds(deadline, async || Ok(ctx.store.forget(user, ctx.clock.now()).await?.into())).await
}

/// What the registrant put into the cart is not the mailbox owner's, and neither is the registrant's group.
async fn reclaim(ctx: &ConsumerContext, event: &Envelope<AccountReclaimed>, deadline: Deadline) -> PartlyHandled {
    let (user, before) = (event.data.user_id, event.occurred_at);
    let dropped = ctx.store.drop_customer_before(user, before).await?;
    let detached =
        in_rounds(deadline, async || Ok(ctx.store.detach_orders_before(user, before, ctx.clock.now()).await?.into()));
    match detached.await? {
        Progress::Finished(Done::Duplicate) if dropped => Ok(Done::Applied.into()),
        progress => Ok(progress),
    }
}
