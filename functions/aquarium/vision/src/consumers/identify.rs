//! On `vision.identification_requested.v1`: identify.
//! As generated, it lets the event pass.

use contracts::Envelope;
use contracts::vision::IdentificationRequested;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn identify(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<IdentificationRequested>() {
        identification_requested(ctx, &event.decode::<IdentificationRequested>()?.data).await
    } else {
        Err(Failure::Poison(format!("no use for {}", event.detail_type())))
    }
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn identification_requested(_ctx: &ConsumerContext, _fact: &IdentificationRequested) -> Handled {
    Ok(Done::Ignored)
}
