//! Removes the keeper of a point, also if other writers change the point meanwhile.

use contracts::{DomainEvent, Envelope};
use dynamo::{ConflictRetry, Outbox, Versioned};
use kit::sqs::Failure;
use types::EventId;

use crate::ctx::ConsumerContext;
use crate::domain::point::{KeptPoint, Point};

/// Removes the keeper of one point, if `applies` to it, and publishes that in the same transaction. False if nothing was
/// changed.
pub async fn leave_point<T: DomainEvent>(
    ctx: &ConsumerContext,
    record: &Versioned<KeptPoint>,
    cause: &Envelope<T>,
    applies: impl Fn(&Point) -> bool,
) -> Result<bool, Failure> {
    let mut retry = ConflictRetry::default();
    loop {
        let read = ctx.store.point(record.value.point_id).await?.filter(|read| applies(&read.value));
        let left = read.as_ref().and_then(|read| Some((read, read.value.left_by(record.value.keeper_id)?)));
        // A point that was removed meanwhile has taken the record with it.
        let Some((read, left)) = left else { return Ok(false) };
        let mut outbox = Outbox::none();
        if let Some(fact) = left.updated_fact(read.version + 1) {
            outbox.push(cause.causing(EventId::generate(), ctx.clock.now(), fact))?;
        }
        if ctx.store.disown(read, &left, &outbox).await? {
            return Ok(true);
        }
        retry.pause().await?;
    }
}
