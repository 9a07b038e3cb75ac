//! On `identity.user_deleted.v1`: deletes what this context holds on the user. Their schedules end; their events stay at
//! their points without author, note and pictures, as the point's history.
//!
//! The marker comes first, so nothing new is made meanwhile. Events and schedules are found from the user's own partition
//! and leave it one by one, so a repeat goes on where this one was killed.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use dynamo::ConflictRetry;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{ScheduleId, UserId};

use crate::ctx::ConsumerContext;
use crate::domain::schedule::MAX_SCHEDULES_PER_USER;
use crate::store::Fired;

/// Handles one event. What is more than one call does is done when the event comes again.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    let (store, now) = (&ctx.store, ctx.clock.now());
    store.mark_forgotten(user, now).await?;
    let anonymised = store.anonymise(user).await?;
    if anonymised.more {
        return Err(Failure::Retry("a part is anonymous, and there is more".into()));
    }
    end_schedules(ctx, user).await?;
    let forgotten = store.forget(user, now).await?;
    if forgotten.more {
        return Err(Failure::Retry("a part was deleted, and there is more".into()));
    }
    let something = anonymised.events + forgotten.items > 0;
    Ok(if something { Done::Applied } else { Done::Duplicate })
}

async fn end_schedules(ctx: &ConsumerContext, user: UserId) -> Result<(), Failure> {
    for schedule in ctx.store.schedules_by(user, MAX_SCHEDULES_PER_USER).await? {
        end(ctx, schedule.value.id).await?;
    }
    Ok(())
}

async fn end(ctx: &ConsumerContext, id: ScheduleId) -> Result<(), Failure> {
    let mut retry = ConflictRetry::default();
    loop {
        let Some((schedule, chain)) = ctx.store.schedule(id).await? else { return Ok(()) };
        if ctx.store.end_schedule(&schedule, &chain, None).await? == Fired::Now {
            return Ok(());
        }
        retry.pause().await?;
    }
}
