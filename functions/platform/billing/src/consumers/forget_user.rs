//! On `identity.user_deleted.v1`: deletes what billing holds on the user. On `identity.account_reclaimed.v1`: ends a grant from
//! before the takeover ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).
//!
//! Emits `billing.entitlement_changed.v1` for a grant that ends.

use contracts::Envelope;
use contracts::billing::EntitlementChanged;
use contracts::identity::{AccountReclaimed, UserDeleted};
use dynamo::Outbox;
use kit::bus::{Done, Failure, Handled};
use serde_json::Value;
use types::EventId;

use crate::ctx::ConsumerContext;
use crate::domain::holdings::Holdings;
use crate::store::NotHeld;

/// Handles one event. What is held on a user is one item, so one call deletes all of it.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<AccountReclaimed>() {
        return reclaim(ctx, &event.decode()?).await;
    }
    let user = event.decode::<UserDeleted>()?.data.user_id;
    let forgotten = ctx.store.forget(user, ctx.clock.now()).await?;
    Ok(if forgotten.items > 0 { Done::Applied } else { Done::Duplicate })
}

/// A plan that was granted to the registrant is not for the owner of the mailbox.
async fn reclaim(ctx: &ConsumerContext, event: &Envelope<AccountReclaimed>) -> Handled {
    let now = ctx.clock.now();
    let read = ctx.store.holdings(event.data.user_id).await?;
    let version = read.version;
    let decide = |held: &Holdings| held.without_grant_before(event.occurred_at, now);
    let outbox =
        |fact: EntitlementChanged| Ok::<_, Failure>(Outbox::of(event.causing(EventId::generate(), now, fact))?);
    let written = ctx.store.change_holdings(read, decide, outbox).await?;
    Ok(if written.version > version { Done::Applied } else { Done::Duplicate })
}

impl From<NotHeld> for Failure {
    fn from(not_held: NotHeld) -> Self {
        match not_held {
            NotHeld::Forgotten => Self::Retry("the user was deleted meanwhile".to_owned()),
            NotHeld::Store(error) => error.into(),
        }
    }
}
