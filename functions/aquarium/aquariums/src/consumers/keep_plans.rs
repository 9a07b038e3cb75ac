//! On `identity.plan_changed.v1`: stores the plan that a user's number of aquariums is limited by.

use contracts::Envelope;
use contracts::identity::PlanChanged;
use kit::sqs::{Done, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event. The latest plan stands in whatever order events arrive.
pub async fn keep_plans(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let event = event.decode::<PlanChanged>()?;
    let is_new = ctx.store.keep_plan(event.data.user_id, &event.data.plan, event.occurred_at).await?;
    Ok(if is_new { Done::Applied } else { Done::Duplicate })
}
