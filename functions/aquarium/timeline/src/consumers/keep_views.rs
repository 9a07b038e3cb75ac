//! On `timeline.entries_appended.v1`, `timeline.entry_corrected.v1`: includes the entries in the views of months, and takes
//! snapshots of the state.
//!
//! The event says only that there is something to include: the consumer reads on in the log from where the views are.

use contracts::Envelope;
use contracts::timeline::{EntriesAppended, EntryCorrected};
use kit::Deadline;
use kit::sqs::{Failure, PartlyHandled, in_rounds};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn keep_views(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let aquarium = if event.is::<EntriesAppended>() {
        event.decode::<EntriesAppended>()?.data.aquarium_id
    } else if event.is::<EntryCorrected>() {
        event.decode::<EntryCorrected>()?.data.aquarium_id
    } else {
        return Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())));
    };
    in_rounds(deadline, async || Ok(ctx.store.advance(aquarium).await?)).await
}
