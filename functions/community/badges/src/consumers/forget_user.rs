//! On `identity.user_deleted.v1`: deletes what this context holds on the user.

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
        return Err(Failure::Retry("a part was deleted, and there is more".into()));
    }
    Ok(if forgotten.items > 0 { Done::Applied } else { Done::Duplicate })
}
