//! On `identity.user_deleted.v1`: deletes what this context holds on the user, and signs their devices off.
//!
//! What stays is a marker that says only that. It keeps late events from bringing the user back.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::Planner;

/// Handles one event. What is more than one call deletes is deleted when the event comes again.
pub async fn forget_user(ctx: &'static Planner, event: Envelope<Value>) -> Handled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    // Each device holds its push token, which lies outside of the user's partition, and an endpoint at SNS.
    ctx.endpoints.take_out_all(&ctx.store, user, None).await?;
    let forgotten = ctx.store.forget(user, ctx.clock.now()).await?;
    if forgotten.more {
        return Err(Failure::Retry(format!("{} items were deleted, and there are more", forgotten.items)));
    }
    Ok(if forgotten.items > 0 { Done::Applied } else { Done::Duplicate })
}
