//! On `identity.user_deleted.v1`: removes the user's pictures from all products, since `media` deletes their files, and deletes what
//! this context stores of the user.
//!
//! Emits `catalog.product_changed.v1` for each published product that loses a picture.
//!
//! The marker comes first, so that no product begins to show a picture of the user; an attempt that was ended continues with the
//! records that are left. After a takeover of an account, `media` publishes a deletion for each picture instead.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use futures::{TryStreamExt, stream};
use kit::Deadline;
use kit::sqs::{Failure, PartlyHandled, Round, in_rounds};
use serde_json::Value;

use crate::consumers::displacing::displace;
use crate::ctx::ConsumerContext;

/// Number of records per page.
const PAGE_PLACEMENTS: u32 = 100;
/// How many products are changed at the same time.
const MAX_PARALLEL: usize = 16;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let event = event.decode::<UserDeleted>()?;
    ctx.store.mark_forgotten(event.data.user_id, ctx.clock.now()).await?;
    in_rounds(deadline, async || round(ctx, &event).await).await
}

/// Nothing is deleted before all products are changed: they are found from the user's own records.
async fn round(ctx: &ConsumerContext, event: &Envelope<UserDeleted>) -> Result<Round, Failure> {
    let user = event.data.user_id;
    let page = ctx.store.placements(user, None, PAGE_PLACEMENTS).await?;
    let (count, more) = (page.items.len(), page.next.is_some());
    let placements = stream::iter(page.items.into_iter().map(Ok::<_, Failure>));
    placements.try_for_each_concurrent(MAX_PARALLEL, |read| displace(ctx, event, read.value)).await?;
    if more {
        return Ok(Round { changed: count, more });
    }
    let forgotten = ctx.store.forget(user).await?;
    Ok(Round { changed: count + forgotten.items, more: forgotten.more })
}
