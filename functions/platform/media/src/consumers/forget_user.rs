//! On `identity.user_deleted.v1`: deletes what this context holds on the user, items first and then objects. On
//! `identity.account_reclaimed.v1`: empties the profile and deletes the pictures of the registrant.
//!
//! Emits `media.deleted.v1` for pictures that are deleted after a takeover.
//!
//! In this order a check that is under way cannot publish any more, and deletes the objects that it wrote. The objects are
//! found by the owner's prefix, so it does not matter that no item names them any more, nor how often this is done.

use contracts::Envelope;
use contracts::identity::{AccountReclaimed, UserDeleted};
use kit::Deadline;
use kit::sqs::{Failure, PartlyHandled, Round, in_rounds};
use serde_json::Value;
use types::UserId;

use crate::consumers::reclaiming::reclaim;
use crate::ctx::ConsumerContext;
use crate::domain::keys;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<AccountReclaimed>() {
        return reclaim(ctx, &event.decode()?, deadline).await;
    }
    let user = event.decode::<UserDeleted>()?.data.user_id;
    in_rounds(deadline, async || round(ctx, user).await).await
}

async fn round(ctx: &ConsumerContext, user: UserId) -> Result<Round, Failure> {
    let forgotten = ctx.store.forget(user, ctx.clock.now()).await?;
    let mut more = forgotten.more;
    for prefix in keys::of_person(user) {
        more |= !ctx.objects.delete_all(&prefix, None).await?;
    }
    Ok(Round { changed: forgotten.items, more })
}
