//! On `identity.user_deleted.v1`: removes the user's saved methods here and at the providers, and detaches the payments from the
//! user. A provider that is off or down delays nothing: the sweep asks it again. Amounts and dates stay: bookkeeping needs them. On `identity.account_reclaimed.v1`: does the same with what was there
//! before the takeover ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).

use contracts::Envelope;
use contracts::identity::{AccountReclaimed, UserDeleted};
use futures::FutureExt;
use kit::Deadline;
use kit::sqs::{PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event. The compiler refuses types that are nested too deeply, so the future is erased.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    forget(ctx, event, deadline).boxed_local().await
}

async fn forget(ctx: &ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let (desk, now) = (&ctx.desk, ctx.desk.clock.now());
    if event.is::<AccountReclaimed>() {
        let (until, user) = (event.occurred_at, event.decode::<AccountReclaimed>()?.data.user_id);
        desk.drop_customers(user, Some(until)).await?;
        let detach = async || Ok(desk.store.detach_payments(user, until).await?.into());
        return in_rounds(deadline, detach).await;
    }
    let user = event.decode::<UserDeleted>()?.data.user_id;
    // From here on nothing new is written, so what is there now is all there will ever be.
    desk.store.mark_forgotten(user, now).await?;
    desk.drop_customers(user, None).await?;
    in_rounds(deadline, async || {
        let detached = desk.store.detach_payments(user, now).await?;
        if detached.more {
            return Ok(detached.into());
        }
        Ok(desk.store.forget(user).await?.into())
    })
    .await
}
