//! On `identity.plan_changed.v1`: keep plans.
//! As generated, it lets the event pass.

use contracts::Envelope;
use contracts::identity::PlanChanged;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::Ctx;

/// Handles one event.
pub async fn keep_plans(ctx: &'static Ctx, event: Envelope<Value>) -> Handled {
    if event.is::<PlanChanged>() {
        plan_changed(ctx, &event.decode::<PlanChanged>()?.data).await
    } else {
        Err(Failure::Poison(format!("no use for {}", event.detail_type())))
    }
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn plan_changed(_ctx: &Ctx, _fact: &PlanChanged) -> Handled {
    Ok(Done::Ignored)
}
