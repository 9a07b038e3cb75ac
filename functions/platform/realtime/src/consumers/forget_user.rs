//! On `identity.user_deleted.v1`: closes the user's sockets and deletes what this context holds on them.
//!
//! What stays is a marker that says only that. It keeps late events from bringing the user back.

use contracts::Envelope;
use contracts::identity::{SessionEndReason, UserDeleted};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::delivery;

/// Handles one event. The marker is first: from there on no connection opens that the next step might miss. What is more
/// than one call deletes is deleted when the event comes again.
pub async fn forget_user(ctx: &'static Ctx, event: Envelope<Value>) -> Handled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    let now = ctx.clock.now();
    ctx.store.mark_forgotten(user, now).await?;
    let connections = ctx.store.connections(user).await?;
    delivery::close_all(ctx, connections, SessionEndReason::Deleted, now).await?;
    let forgotten = ctx.store.forget(user, now).await?;
    if forgotten.more {
        return Err(Failure::Retry(format!("{} items were deleted, and there are more", forgotten.items)));
    }
    Ok(if forgotten.items > 0 { Done::Applied } else { Done::Duplicate })
}
