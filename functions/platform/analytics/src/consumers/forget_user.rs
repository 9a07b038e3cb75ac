//! On `identity.user_deleted.v1`: deletes the user's reports, runs, and rows of funnels and cohorts. Counters stay: they have no IDs.
//!
//! The marker comes first, so that no late event writes another row. `analytics-run-report` deletes the files.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::Deadline;
use kit::sqs::{PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let user_id = event.decode::<UserDeleted>()?.data.user_id;
    in_rounds(deadline, async || Ok(ctx.store.forget(user_id, ctx.clock.now()).await?.into())).await
}
