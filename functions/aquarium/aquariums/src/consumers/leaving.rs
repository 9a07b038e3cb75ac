//! The end of what a user has part in: owned aquariums, shares, and entries in the aquariums of others.

use contracts::{DomainEvent, Envelope};
use dynamo::{ConflictRetry, Outbox, Versioned};
use kit::sqs::Failure;
use types::{AquariumId, EventId, UserId};

use crate::ctx::ConsumerContext;
use crate::domain::contribution::Contribution;

/// Removes an aquarium of its owner, and publishes that in the same transaction. False if it was removed before.
pub async fn remove_aquarium<T: DomainEvent>(
    ctx: &ConsumerContext,
    owner: UserId,
    id: AquariumId,
    cause: &Envelope<T>,
) -> Result<bool, Failure> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let Some(opened) = ctx.store.open(owner, id).await? else { return Ok(false) };
        let tombstone = opened.access.value.removed(now);
        let outbox = Outbox::of(cause.causing(EventId::generate(), now, tombstone.removed_fact(owner)))?;
        if ctx.store.remove(&opened.access, &opened.aquarium, &tombstone, &outbox).await? {
            return Ok(true);
        }
        retry.pause().await?;
    }
}

/// Ends a share, and publishes that in the same transaction. False if it ended before.
pub async fn end_share<T: DomainEvent>(
    ctx: &ConsumerContext,
    member: UserId,
    id: AquariumId,
    cause: &Envelope<T>,
) -> Result<bool, Failure> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let Some(read) = ctx.store.access(id).await? else { return Ok(false) };
        let Some(next) = read.value.without(member) else { return Ok(false) };
        let mut outbox = Outbox::none();
        if let Some(fact) = next.changed_fact() {
            outbox.push(cause.causing(EventId::generate(), now, fact))?;
        }
        if ctx.store.end_share(&read, &next, member, &outbox).await? {
            return Ok(true);
        }
        retry.pause().await?;
    }
}

/// Removes a user from an entry that they recorded in the aquarium of another user.
pub async fn redact(ctx: &ConsumerContext, record: &Versioned<Contribution>) -> Result<(), Failure> {
    let mut retry = ConflictRetry::default();
    while !ctx.store.redact(record).await? {
        retry.pause().await?;
    }
    Ok(())
}
