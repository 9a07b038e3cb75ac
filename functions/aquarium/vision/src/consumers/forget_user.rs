//! On `identity.user_deleted.v1`: deletes the user's identifications and copies of pictures. An attempt that is under
//! way finds nothing to write its result to.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::Deadline;
use kit::sqs::{PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    in_rounds(deadline, async || Ok(ctx.store.forget(user, ctx.clock.now()).await?.into())).await
}
