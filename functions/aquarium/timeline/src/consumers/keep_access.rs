//! On `aquariums.access_changed.v1`, `aquariums.aquarium_removed.v1`: keeps the members of aquariums, and deletes the timelines
//! of deleted aquariums.

use contracts::Envelope;
use contracts::aquariums::{AccessChanged, AquariumRemoved};
use kit::Deadline;
use kit::sqs::{Done, Failure, PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event. The highest revision stands, whatever order events come in; nothing follows a deletion.
pub async fn keep_access(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<AccessChanged>() {
        let kept = ctx.store.keep_access(&event.decode::<AccessChanged>()?.data, ctx.clock.now()).await?;
        Ok(if kept { Done::Applied } else { Done::Duplicate }.into())
    } else if event.is::<AquariumRemoved>() {
        removed(ctx, &event.decode::<AquariumRemoved>()?.data, deadline).await
    } else {
        Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())))
    }
}

/// The timeline is closed first: from then on nothing is written that would have to be deleted too.
async fn removed(ctx: &ConsumerContext, fact: &AquariumRemoved, deadline: Deadline) -> PartlyHandled {
    let closed = ctx.store.close(fact.aquarium_id, ctx.clock.now()).await?;
    let erased = in_rounds(deadline, async || Ok(ctx.store.erase_aquarium(fact.owner_id, fact.aquarium_id).await?));
    Ok(erased.await?.and_applied(closed))
}
