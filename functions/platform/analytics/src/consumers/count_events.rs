//! On every event that a metric names: counts it, once.
//!
//! What an event adds is a function of the event alone, and is written in one transaction with a mark that it was counted.
//! Duplicates find the mark. Late events count in the hour in which they happened. Sketches of distinct users are replaced
//! under their version; a conflict reads them again.

use contracts::Envelope;
use dynamo::{ConflictRetry, Read};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::CountingContext;
use crate::domain::counting::{Contribution, Uncountable};
use crate::domain::metrics;
use crate::store::{CountOutcome, Counting, SketchError};

/// Attempts against other events that change the same sketch.
const MAX_ATTEMPTS: u32 = 12;

/// Handles one event.
pub async fn count_events(ctx: &'static CountingContext, event: Envelope<Value>) -> Handled {
    let now = ctx.clock.now();
    let contribution = match Contribution::of(&event, metrics::all(), now) {
        Err(Uncountable::TooOld) => {
            tracing::warn!(event_id = %event.id, "{}: not counted", Uncountable::TooOld);
            return Ok(Done::Ignored);
        }
        contribution => contribution?,
    };
    if contribution.is_empty() {
        return Ok(Done::Ignored);
    }
    let (event_id, at) = (event.id, event.occurred_at);
    let users: Vec<_> =
        contribution.users.iter().map(|active| (active.metric, ctx.key.hash(active.metric, &active.user))).collect();
    // A stale sketch costs an attempt and nothing else, so the first read may be one.
    let (mut retry, mut read) = (ConflictRetry::up_to(MAX_ATTEMPTS), Read::Eventual);
    loop {
        let sketches = ctx.store.sketch_changes(event_id, at, &users, read).await?;
        let counting = Counting { event_id, at, contribution: &contribution, sketches };
        match ctx.store.count(counting, now).await? {
            CountOutcome::Counted => return Ok(Done::Applied),
            CountOutcome::Duplicate => return Ok(Done::Duplicate),
            CountOutcome::OutOfBounds => return Err(Failure::Poison("a sum would leave its bounds".to_owned())),
            CountOutcome::Conflict => retry.pause().await?,
        }
        read = Read::Strong;
    }
}

impl From<Uncountable> for Failure {
    fn from(error: Uncountable) -> Self {
        Self::Poison(error.to_string())
    }
}

impl From<SketchError> for Failure {
    fn from(error: SketchError) -> Self {
        match error {
            SketchError::Store(error) => error.into(),
            SketchError::Broken(error) => Self::Poison(error.to_string()),
        }
    }
}
