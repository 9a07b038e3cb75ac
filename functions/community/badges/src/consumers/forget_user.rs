//! On `identity.user_deleted.v1`: deletes the data of the user. On `identity.account_reclaimed.v1`: resets the record, and
//! deletes the log from before the takeover ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).

use contracts::Envelope;
use contracts::identity::{AccountReclaimed, UserDeleted};
use kit::Deadline;
use kit::sqs::{PageDone, PartlyHandled, in_passes, in_rounds};
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

/// Badges and progress of the registrant are not those of the mailbox owner. The record is reset first: from then on no
/// earlier activity counts, and the log before it is no longer read.
async fn reclaim(ctx: &ConsumerContext, event: &Envelope<AccountReclaimed>, deadline: Deadline) -> PartlyHandled {
    let user = event.data.user_id;
    let reset = ctx.store.reset(user, event.occurred_at).await?;
    let last = ctx.store.record(user).await?.map_or(0, |read| read.value.base());
    let dropped = in_passes(deadline, async |after| {
        let (changed, next) = ctx.store.drop_facts_until(user, last, after).await?;
        Ok(PageDone { changed, next })
    });
    Ok(dropped.await?.and_applied(reset))
}
