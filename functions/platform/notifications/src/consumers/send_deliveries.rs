//! On `notifications.delivery_queued.v1`: sends the delivery, if it still is to be sent.
//!
//! A sender claims the delivery with a conditional write, sends, and reports. What a provider may take later waits, each
//! time longer, and comes again by the queue; should that message be lost, `sweep_deliveries` finds the delivery.

use contracts::Envelope;
use contracts::notifications::{Channel, DeliveryQueued};
use dynamo::Versioned;
use jiff::Timestamp;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::channels::{self, ChannelError, Outcome, Report};
use crate::ctx::Sender;
use crate::domain::content::Content;
use crate::domain::delivery::{Delivery, DeliveryId, Next, Status, Suppression};
use crate::domain::plan::{Fate, fate_at_sending};
use crate::domain::preferences::Preferences;
use crate::queue::queued;
use crate::store::Due;

/// Handles one event.
pub async fn send_deliveries(ctx: &'static Sender, event: Envelope<Value>) -> Handled {
    let asked = event.clone().decode::<DeliveryQueued>()?.data;
    let id: DeliveryId = asked.delivery.parse().map_err(|error| Failure::Poison(format!("the delivery {error}")))?;
    let Some(mut due) = ctx.store.due(asked.user_id, id).await? else {
        // Its person was forgotten.
        return Ok(Done::Ignored);
    };
    let now = ctx.clock.now();
    match due.delivery.value.next(now) {
        Next::Send => {}
        Next::Nothing => return Ok(Done::Duplicate),
        // Whoever is at it reports; if they died, the sweep comes back to it when their time is over.
        Next::NotYet | Next::Busy => return Ok(Done::Ignored),
    }
    let wanted = wanted(&due.delivery.value, &due.preferences);
    let to = match decide(&wanted, &due.preferences, now) {
        Fate::Suppressed(reason) => wanted.with(Status::Suppressed { at: now, reason }),
        Fate::At(due_at) => wanted.with(Status::Pending { due_at, last_error: None }),
        Fate::Now | Fate::Collected(_) => wanted.begun(now),
    };
    let goes_out = matches!(to.status, Status::Sending { .. });
    let Some(changed) = ctx.store.change_delivery(&due.delivery, to).await? else {
        // Another sender was faster, and is at it.
        return Ok(Done::Ignored);
    };
    if !goes_out {
        return Ok(Done::Applied);
    }
    due.delivery = changed;
    attempt(ctx, &event, &due).await
}

/// A collecting mail holds what its reader still wants to hear by mail; any other delivery is what it is.
fn wanted(delivery: &Delivery, preferences: &Preferences) -> Delivery {
    let Content::Digest { entries, left_out } = &delivery.content else { return delivery.clone() };
    let entries: Vec<_> =
        entries.iter().filter(|entry| preferences.allow(entry.category, Channel::Email)).cloned().collect();
    Delivery { content: Content::Digest { entries, left_out: *left_out }, ..delivery.clone() }
}

fn decide(delivery: &Delivery, preferences: &Preferences, now: Timestamp) -> Fate {
    match &delivery.content {
        Content::Digest { entries, .. } => match entries.first() {
            Some(entry) => fate_at_sending(entry.category, delivery.channel, preferences, now),
            None => Fate::Suppressed(Suppression::TurnedOff),
        },
        Content::Template { .. } => fate_at_sending(delivery.category, delivery.channel, preferences, now),
    }
}

async fn attempt(ctx: &Sender, event: &Envelope<Value>, due: &Due) -> Handled {
    let delivery = &due.delivery.value;
    let report = match channels::send(ctx, due).await {
        Ok(report) => report,
        Err(ChannelError::Template(error)) => Outcome::Refused(error.to_string()).into(),
        // Nothing went out: the delivery is given back, so that the next try need not wait for the lease to end.
        Err(error @ (ChannelError::Store(_) | ChannelError::Device(_))) => Outcome::Missed(error.to_string()).into(),
    };
    let now = ctx.clock.now();
    let random = types::random::u64().unwrap_or_default();
    let settled = settle(delivery, report, now, random);
    let pause = match &settled.status {
        Status::Pending { due_at, .. } => Some(due_at.duration_since(now)),
        _ => None,
    };
    let again = queued(&settled);
    let Some(Versioned { .. }) = ctx.store.change_delivery(&due.delivery, settled).await? else {
        // It took so long that another took it over, and that one's report stands; or the person was forgotten.
        return Ok(Done::Duplicate);
    };
    if let Some(pause) = pause {
        ctx.again(event, again, pause).await.map_err(Failure::Retry)?;
    }
    Ok(Done::Applied)
}

/// The delivery after a try.
fn settle(delivery: &Delivery, report: Report, now: Timestamp, random: u64) -> Delivery {
    let settled = Delivery { reached: report.reached, ..delivery.clone() };
    match report.outcome {
        Outcome::Sent => settled.with(Status::Sent { at: now }),
        Outcome::Suppressed(reason) => settled.with(Status::Suppressed { at: now, reason }),
        Outcome::Refused(reason) => settled.with(Status::Failed { at: now, reason }),
        Outcome::Missed(error) => settled.missed(error, now, random),
    }
}
