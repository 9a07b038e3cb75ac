//! Whether accounts are suspended, in the accesses of all aquariums of a user, which each batch of samples reads.
//!
//! Aquariums that the user creates or joins meanwhile need no mark: a device key is issued to users in good standing only, so there is
//! none that would have to be refused.

use dynamo::{ConflictRetry, Cursor, StoreError};
use futures::{StreamExt, TryStreamExt, stream};
use kit::sqs::{Done, Failure, Handled};
use types::{AquariumId, UserId};

use crate::ctx::ConsumerContext;
use crate::domain::quota::Standing;

/// Aquariums that one call reads.
const PAGE_AQUARIUMS: u32 = 100;
/// How many accesses are written at the same time.
const MAX_PARALLEL: usize = 10;

/// Stores the standing of a user, and marks the accesses of their aquariums.
pub async fn keep_standing(ctx: &ConsumerContext, user: UserId, standing: Standing) -> Handled {
    let is_new = ctx.store.keep_standing(user, standing).await?;
    // Also for a standing that is known: an attempt may have ended in between.
    let changed = apply(ctx, user).await?;
    Ok(if is_new || changed > 0 { Done::Applied } else { Done::Duplicate })
}

/// Marks all aquariums of a user, and returns how many have changed. The standing is read again afterwards: of two consumers that apply
/// different ones at the same time, the one that ends last applies the latest.
async fn apply(ctx: &ConsumerContext, user: UserId) -> Result<usize, Failure> {
    let (mut changed, mut retry) = (0, ConflictRetry::default());
    let mut is_suspended = ctx.store.quota(user).await?.is_suspended();
    loop {
        changed += apply_to_all(ctx, user, is_suspended).await?;
        let newer = ctx.store.quota(user).await?.is_suspended();
        if newer == is_suspended {
            return Ok(changed);
        }
        is_suspended = newer;
        retry.pause().await?;
    }
}

async fn apply_to_all(ctx: &ConsumerContext, user: UserId, is_suspended: bool) -> Result<usize, StoreError> {
    let (mut changed, mut after) = (0, None);
    loop {
        let owned = ctx.store.owned(user, PAGE_AQUARIUMS, after).await?;
        changed += mark(ctx, user, is_suspended, owned.items.iter().map(|read| read.value.id)).await?;
        after = owned.next;
        if after.is_none() {
            break;
        }
    }
    let mut after: Option<Cursor> = None;
    loop {
        let shares = ctx.store.shares(user, PAGE_AQUARIUMS, after).await?;
        changed += mark(ctx, user, is_suspended, shares.items.iter().map(|read| read.value.aquarium_id)).await?;
        after = shares.next;
        if after.is_none() {
            return Ok(changed);
        }
    }
}

async fn mark(
    ctx: &ConsumerContext,
    user: UserId,
    is_suspended: bool,
    aquariums: impl Iterator<Item = AquariumId>,
) -> Result<usize, StoreError> {
    let marked = stream::iter(aquariums).map(|id| ctx.store.keep_suspension(id, user, is_suspended));
    let marked: Vec<bool> = marked.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(marked.into_iter().filter(|is_changed| *is_changed).count())
}
