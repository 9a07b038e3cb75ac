//! On `points.point_subscribed.v1`, `points.point_unsubscribed.v1`, `events.event_reported.v1`, `events.event_removed.v1`:
//! keeps the figures of points.
//!
//! Requests do not count, so that subscribers of a popular point never wait for each other. The queue runs at most
//! two of these functions at a time (`MaximumConcurrency`), so at most two transactions compete for a point's figures.

use contracts::Envelope;
use contracts::events::{EventRemoved, EventReported};
use contracts::points::{PointSubscribed, PointUnsubscribed};
use dynamo::ConflictRetry;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{CareEventId, PointId, UserId};

use crate::ctx::ConsumerContext;
use crate::domain::figures::{self, CountedEvent, Figures, RecentEvent};
use crate::store::Saved;

/// Handles one event.
pub async fn count_activity(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<PointSubscribed>() {
        let PointSubscribed { point_id, user_id, .. } = event.decode()?.data;
        subscription_changed(ctx, point_id, user_id).await
    } else if event.is::<PointUnsubscribed>() {
        let PointUnsubscribed { point_id, user_id, .. } = event.decode()?.data;
        subscription_changed(ctx, point_id, user_id).await
    } else if event.is::<EventReported>() {
        let EventReported { event_id, point_id, code, type_name, occurred_at, .. } = event.decode()?.data;
        let recent = RecentEvent { event_id, code, type_name, occurred_at };
        let next = |record: Option<&CountedEvent>, known: &Figures| figures::reported(record, known, recent.clone());
        event_changed(ctx, point_id, event_id, next).await
    } else if event.is::<EventRemoved>() {
        let EventRemoved { event_id, point_id, .. } = event.decode()?.data;
        let now = ctx.clock.now();
        let next = |record: Option<&CountedEvent>, known: &Figures| figures::removed(record, known, event_id, now);
        event_changed(ctx, point_id, event_id, next).await
    } else {
        Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())))
    }
}

/// Counts a subscription as it stands now, whatever the event said.
async fn subscription_changed(ctx: &ConsumerContext, point: PointId, user: UserId) -> Handled {
    let mut retry = ConflictRetry::default();
    loop {
        let read = ctx.store.counting_subscription(point, user).await?;
        let (Some(figures), Some(subscription)) = (read.figures, read.subject) else { return Ok(Done::Ignored) };
        let Some(next) = subscription.value.recounted() else { return Ok(Done::Duplicate) };
        let counted = figures.value.with_subscription(next.active);
        match ctx.store.count_subscription((&subscription, &next), (&figures, &counted)).await? {
            Saved::Yes => return Ok(Done::Applied),
            Saved::Forgotten => return Ok(Done::Ignored),
            Saved::Moved => retry.pause().await?,
        }
    }
}

/// Counts a care event by its record. A point that is gone has no figures, and gets no records.
async fn event_changed(
    ctx: &ConsumerContext,
    point: PointId,
    event: CareEventId,
    next: impl Fn(Option<&CountedEvent>, &Figures) -> Option<(CountedEvent, Figures)>,
) -> Handled {
    let mut retry = ConflictRetry::default();
    loop {
        let read = ctx.store.counting_event(point, event).await?;
        let Some(figures) = read.figures else { return Ok(Done::Ignored) };
        let record = read.subject;
        let known = record.as_ref().map(|record| &record.value);
        let Some((next, counted)) = next(known, &figures.value) else { return Ok(Done::Duplicate) };
        if ctx.store.count_event(record.as_ref(), &next, (&figures, &counted)).await? {
            return Ok(Done::Applied);
        }
        retry.pause().await?;
    }
}
