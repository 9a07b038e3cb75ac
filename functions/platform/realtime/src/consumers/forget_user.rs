//! On `identity.user_deleted.v1`: closes the user's sockets and deletes what this context holds on them.
//!
//! What stays is a marker that says only that. It keeps late events from bringing the user back.

use contracts::Envelope;
use contracts::identity::{SessionEndReason, UserDeleted};
use kit::Deadline;
use kit::sqs::{PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::delivery;

/// Handles one event. The marker is first: from there on no connection opens that the next step might miss.
pub async fn forget_user(ctx: &'static Ctx, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    let now = ctx.clock.now();
    ctx.store.mark_forgotten(user, now).await?;
    let connections = ctx.store.connections(user).await?;
    delivery::close_all(ctx, connections, SessionEndReason::Deleted, now).await?;
    in_rounds(deadline, async || Ok(ctx.store.forget(user, now).await?.into())).await
}
