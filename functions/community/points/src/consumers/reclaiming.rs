//! What becomes of points and subscriptions after a takeover ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).
//!
//! What was made before the takeover is another person's: points lose their keeper, subscriptions end. What the owner of the
//! mailbox has made since stays, however late the event is. Photos go with their pictures, which `media` deletes.

use contracts::Envelope;
use contracts::identity::AccountReclaimed;
use dynamo::{ConflictRetry, Cursor, Outbox, Versioned};
use jiff::Timestamp;
use kit::Deadline;
use kit::sqs::{Done, Failure, PageDone, PartlyHandled, Progress, in_passes};
use types::EventId;

use crate::consumers::leaving::leave_point;
use crate::ctx::ConsumerContext;
use crate::domain::subscription::Subscription;

/// Records per page.
const PAGE_RECORDS: u32 = 100;

/// Discards what was made before the takeover. Each change is conditional on what is stored, so a repeat finds the rest.
pub async fn reclaim(ctx: &ConsumerContext, event: &Envelope<AccountReclaimed>, deadline: Deadline) -> PartlyHandled {
    let points = in_passes(deadline, async |after| leave_points(ctx, event, after).await).await?;
    let Progress::Finished(left) = points else { return Ok(points) };
    let subscriptions = in_passes(deadline, async |after| end_subscriptions(ctx, event, after).await).await?;
    Ok(subscriptions.and_applied(left == Done::Applied))
}

async fn leave_points(
    ctx: &ConsumerContext,
    event: &Envelope<AccountReclaimed>,
    after: Option<Cursor>,
) -> Result<PageDone<Cursor>, Failure> {
    let page = ctx.store.kept_by(event.data.user_id, PAGE_RECORDS, after).await?;
    let mut changed = 0;
    for record in &page.items {
        let left = leave_point(ctx, record, event, |point| point.created_at <= event.occurred_at).await?;
        changed += usize::from(left);
    }
    Ok(PageDone { changed, next: page.next })
}

async fn end_subscriptions(
    ctx: &ConsumerContext,
    event: &Envelope<AccountReclaimed>,
    after: Option<Cursor>,
) -> Result<PageDone<Cursor>, Failure> {
    let page = ctx.store.subscriptions_of(event.data.user_id, PAGE_RECORDS, after).await?;
    let mut changed = 0;
    for read in page.items {
        changed += usize::from(end_subscription(ctx, event, read).await?);
    }
    Ok(PageDone { changed, next: page.next })
}

async fn end_subscription(
    ctx: &ConsumerContext,
    event: &Envelope<AccountReclaimed>,
    read: Versioned<Subscription>,
) -> Result<bool, Failure> {
    let (mut read, now) = (Some(read), ctx.clock.now());
    let mut retry = ConflictRetry::default();
    loop {
        let Some(known) = read else { return Ok(false) };
        let Some(next) = ended(&known.value, event.occurred_at, now) else { return Ok(false) };
        let fact = next.ended_fact();
        let outbox = Outbox::of(event.causing(EventId::generate(), now, fact))?;
        let (point, user) = (next.point_id, next.user_id);
        if ctx.store.unsubscribe(&known, next, &outbox).await? {
            return Ok(true);
        }
        retry.pause().await?;
        read = ctx.store.subscription(point, user).await?;
    }
}

/// The subscription, ended, if it began before the takeover.
fn ended(subscription: &Subscription, reclaimed_at: Timestamp, now: Timestamp) -> Option<Subscription> {
    (subscription.since <= reclaimed_at).then(|| subscription.ended(now)).flatten()
}
