//! On `identity.user_deleted.v1`: closes the connections of the user and deletes their data.
//!
//! A marker without personal data remains. It keeps late events from creating new items.

use contracts::Envelope;
use contracts::identity::{SessionEndReason, UserDeleted};
use kit::Deadline;
use kit::sqs::{PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::delivery;

/// Handles one event. Sets the marker first, so that no connection opens that the next step might miss.
pub async fn forget_user(ctx: &'static Ctx, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    let now = ctx.clock.now();
    ctx.store.mark_forgotten(user, now).await?;
    let connections = ctx.store.connections(user).await?;
    delivery::close_all(ctx, connections, SessionEndReason::Deleted, now).await?;
    in_rounds(deadline, async || Ok(ctx.store.forget(user).await?.into())).await
}
