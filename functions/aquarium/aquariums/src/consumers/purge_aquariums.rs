//! On `aquariums.aquarium_removed.v1`: deletes the data of the aquarium, and the event from its tombstone.
//!
//! The tombstone is there before the event is, and every write about an aquarium is conditional on its access, so nothing is
//! added meanwhile. A repeat deletes what is left.

use contracts::Envelope;
use contracts::aquariums::AquariumRemoved;
use kit::Deadline;
use kit::sqs::{Failure, PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn purge_aquariums(
    ctx: &'static ConsumerContext,
    event: Envelope<Value>,
    deadline: Deadline,
) -> PartlyHandled {
    let AquariumRemoved { aquarium_id, owner_id, .. } = event.decode()?.data;
    let tombstone = ctx.store.access(aquarium_id).await?;
    if tombstone.as_ref().is_some_and(|access| access.value.owner_id().is_some()) {
        return Err(Failure::Poison(format!("aquarium {aquarium_id} was not removed")));
    }
    if let Some(tombstone) = &tombstone {
        ctx.store.clear_removal(tombstone).await?;
    }
    let now = ctx.clock.now();
    in_rounds(deadline, async || Ok(ctx.store.purge(owner_id, aquarium_id, now).await?.into())).await
}
