//! Removes a picture from a product that shows it. Concurrent changes of the product are kept.

use contracts::{DomainEvent, Envelope};
use dynamo::{ConflictRetry, Outbox, Read};
use kit::sqs::Failure;
use types::EventId;

use crate::ctx::ConsumerContext;
use crate::domain::media::Placement;
use crate::store::{Claim, NotWritten};

/// Removes it, together with its owner's record of it.
pub async fn displace<T: DomainEvent>(
    ctx: &ConsumerContext,
    cause: &Envelope<T>,
    placement: Placement,
) -> Result<(), Failure> {
    let mut retry = ConflictRetry::default();
    loop {
        let Some(read) = ctx.store.product(placement.product_id, Read::Strong).await? else { return Ok(()) };
        let now = ctx.clock.now();
        // Product and record are changed together, so without the picture there is no record.
        let Some(next) = read.value.without_picture(placement.media_id, now) else { return Ok(()) };
        let mut outbox = Outbox::none();
        if let Some(fact) = next.changed_fact(read.version + 1) {
            outbox.push(cause.causing(EventId::generate(), now, fact))?;
        }
        match ctx.store.write(&read, next, Claim::None, &outbox).await {
            Ok(_) => return Ok(()),
            Err(NotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}
