//! On `identity.user_deleted.v1`: closes the connections of the user and deletes their data.
//!
//! A marker without personal data remains. It keeps late events from creating new items.

use contracts::Envelope;
use contracts::identity::{SessionEndReason, UserDeleted};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::delivery;

/// Handles one event. Sets the marker first, so that no further connection opens. If one delivery cannot delete everything,
/// the event is retried.
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
