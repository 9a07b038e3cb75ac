//! On `identity.user_deleted.v1`: deletes what this context holds on the user, items first and then objects.
//!
//! In this order a check that is under way cannot publish any more, and deletes the objects that it wrote. The objects are
//! found by the owner's prefix, so it does not matter that no item names them any more, nor how often this is done.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::keys;

/// Handles one event. What is more than one call deletes is deleted when the event comes again.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    let forgotten = ctx.store.forget(user, ctx.clock.now()).await?;
    let mut more = forgotten.more;
    for prefix in keys::of_person(user) {
        more |= !ctx.objects.delete_all(&prefix, None).await?;
    }
    if more {
        return Err(Failure::Retry("a part was deleted, and there is more".into()));
    }
    Ok(if forgotten.items > 0 { Done::Applied } else { Done::Duplicate })
}
