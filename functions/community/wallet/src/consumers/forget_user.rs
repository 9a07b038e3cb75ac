//! On `identity.user_deleted.v1`: moves what the user had to the system's `unclaimed`, wipes what they wrote to others, and
//! deletes what this context holds on them.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event. What is more than one call deletes is deleted when the event comes again.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    let forgotten = ctx.store.forget(user, ctx.clock.now()).await?;
    if forgotten.more {
        return Err(Failure::Retry(format!("{} items were deleted, and there are more", forgotten.items)));
    }
    Ok(if forgotten.items > 0 { Done::Applied } else { Done::Duplicate })
}
