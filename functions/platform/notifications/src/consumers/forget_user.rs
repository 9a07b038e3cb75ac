//! On `identity.user_deleted.v1`: deletes what this context holds on the user, and signs their devices off.
//!
//! What stays is a marker that says only that. It keeps late events from bringing the user back.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::Deadline;
use kit::sqs::{PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::Planner;

/// Handles one event.
pub async fn forget_user(ctx: &'static Planner, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    // Each device holds its push token, which lies outside of the user's partition, and an endpoint at SNS.
    ctx.endpoints.take_out_all(&ctx.store, user, None).await?;
    in_rounds(deadline, async || Ok(ctx.store.forget(user, ctx.clock.now()).await?.into())).await
}
