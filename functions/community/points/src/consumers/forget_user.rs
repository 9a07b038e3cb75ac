//! On `identity.user_deleted.v1`: lets go of what this context holds on the user.
//! Emits `points.point_updated.v1` for each point that they kept: it stays on the map, with no keeper.
//!
//! The mark comes first, so that nothing new is made of them; then what must be changed elsewhere, found from their own
//! records; then the records, their subscriptions, and what is known of their pictures. A try that was ended goes on with the
//! records that are left.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use dynamo::{ConflictRetry, Outbox, Versioned};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{EventId, UserId};

use crate::consumers::displacing::displace;
use crate::ctx::ConsumerContext;
use crate::domain::point::KeptPoint;

/// How many records are read at once.
const PAGE_RECORDS: u32 = 50;
/// How many pages of a kind one delivery deals with.
const MAX_PAGES: usize = 10;
/// Handles one event. What is more than one delivery deals with is done when the event comes again.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let event = event.decode::<UserDeleted>()?;
    let user = event.data.user_id;
    ctx.store.mark_forgotten(user, ctx.clock.now()).await?;
    let mut changed = leave_points(ctx, user, &event).await?;
    changed += remove_photos(ctx, user).await?;
    let forgotten = ctx.store.forget(user, ctx.clock.now()).await?;
    if forgotten.more {
        return Err(more());
    }
    Ok(if changed + forgotten.items > 0 { Done::Applied } else { Done::Duplicate })
}

async fn leave_points(ctx: &ConsumerContext, user: UserId, event: &Envelope<UserDeleted>) -> Result<usize, Failure> {
    let mut left = 0;
    for _ in 0..MAX_PAGES {
        let page = ctx.store.kept_by(user, PAGE_RECORDS).await?;
        for record in page.items {
            leave(ctx, &record, event).await?;
            left += 1;
        }
        if page.next.is_none() {
            return Ok(left);
        }
    }
    Err(more())
}

/// Takes the keeper from one point, and tells of it in the same transaction.
async fn leave(
    ctx: &ConsumerContext,
    record: &Versioned<KeptPoint>,
    event: &Envelope<UserDeleted>,
) -> Result<(), Failure> {
    let mut retry = ConflictRetry::default();
    loop {
        let read = ctx.store.point(record.value.point_id).await?;
        let left = read.as_ref().and_then(|read| Some((read, read.value.left_by(record.value.keeper_id)?)));
        let Some((read, left)) = left else {
            // It was removed meanwhile, and the record with it.
            return Ok(());
        };
        let mut outbox = Outbox::none();
        if let Some(fact) = left.updated_fact(read.version + 1) {
            outbox.push(event.causing(EventId::generate(), ctx.clock.now(), fact))?;
        }
        if ctx.store.disown(record, read, &left, &outbox).await? {
            return Ok(());
        }
        retry.pause().await?;
    }
}

async fn remove_photos(ctx: &ConsumerContext, user: UserId) -> Result<usize, Failure> {
    let mut removed = 0;
    for _ in 0..MAX_PAGES {
        let page = ctx.store.placements(user, None, PAGE_RECORDS).await?;
        for placement in page.items {
            displace(ctx, placement).await?;
            removed += 1;
        }
        if page.next.is_none() {
            return Ok(removed);
        }
    }
    Err(more())
}

fn more() -> Failure {
    Failure::Retry("a part was forgotten, and there is more".into())
}
