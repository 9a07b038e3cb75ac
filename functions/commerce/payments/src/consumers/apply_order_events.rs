//! On `orders.availability_changed.v1`, `identity.user_deleted.v1`, `identity.user_registered.v1`: apply order events.
//! As generated, it lets the event pass.

use contracts::Envelope;
use contracts::identity::{UserDeleted, UserRegistered};
use contracts::orders::AvailabilityChanged;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn apply_order_events(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<AvailabilityChanged>() {
        availability_changed(ctx, &event.decode::<AvailabilityChanged>()?.data).await
    } else if event.is::<UserDeleted>() {
        user_deleted(ctx, &event.decode::<UserDeleted>()?.data).await
    } else if event.is::<UserRegistered>() {
        user_registered(ctx, &event.decode::<UserRegistered>()?.data).await
    } else {
        Err(Failure::Poison(format!("no use for {}", event.detail_type())))
    }
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn availability_changed(_ctx: &ConsumerContext, _fact: &AvailabilityChanged) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn user_deleted(_ctx: &ConsumerContext, _fact: &UserDeleted) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn user_registered(_ctx: &ConsumerContext, _fact: &UserRegistered) -> Handled {
    Ok(Done::Ignored)
}
