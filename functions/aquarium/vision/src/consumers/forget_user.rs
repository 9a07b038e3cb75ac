//! On `identity.user_deleted.v1`: forget user.
//! As generated, it lets the event pass.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<UserDeleted>() {
        user_deleted(ctx, &event.decode::<UserDeleted>()?.data).await
    } else {
        Err(Failure::Poison(format!("no use for {}", event.detail_type())))
    }
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn user_deleted(_ctx: &ConsumerContext, _fact: &UserDeleted) -> Handled {
    Ok(Done::Ignored)
}
