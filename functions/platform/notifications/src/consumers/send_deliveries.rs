//! On `notifications.delivery_queued.v1`: sends the delivery, if it still is to be sent.
//!
//! A sender claims the delivery with a conditional write, sends, and reports. What a provider may take later waits, each
//! time longer, and comes again by the queue; should that message be lost, `sweep_deliveries` finds the delivery.

use contracts::Envelope;
use contracts::notifications::{Category, Channel, DeliveryQueued};
use dynamo::Versioned;
use jiff::Timestamp;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::channels::{self, ChannelError, Outcome, Report};
use crate::ctx::Sender;
use crate::domain::content::Content;
use crate::domain::delivery::{Delivery, DeliveryId, Next, Status};
use crate::domain::plan::{Fate, fate_at_sending};
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
        // The sender that holds it reports; if it was killed, the sweep finds the delivery when its time is over.
        Next::NotYet | Next::Busy => return Ok(Done::Ignored),
    }
    let wanted = wanted(&due);
    let to = match decide(&due, &wanted, now) {
        Fate::Suppressed(reason) => wanted.with(Status::Suppressed { at: now, reason }),
        // A digest keeps what it has collected: until then more of it may be read.
        Fate::At(due_at) => due.delivery.value.with(Status::Pending { due_at, last_error: None }),
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

/// A digest contains what its reader still wants by e-mail and has neither read nor deleted; any other delivery is as it is.
fn wanted(due: &Due) -> Delivery {
    let delivery = &due.delivery.value;
    let content = delivery.content.without(|collected| {
        let in_app = collected.in_inbox.and_then(|id| due.in_app(id));
        in_app.is_some() || !due.preferences.allow(collected.category, Channel::Email)
    });
    Delivery { content, ..delivery.clone() }
}

fn decide(due: &Due, wanted: &Delivery, now: Timestamp) -> Fate {
    match &wanted.content {
        Content::Digest { entries, .. } => match entries.first() {
            Some(entry) => fate_at_sending(entry.collected.category, wanted.channel, &due.preferences, now),
            None => Fate::Suppressed(due.nothing_left()),
        },
        // Warnings are sent even if they were read or deleted in the app: perhaps the attacker did it whom they warn of.
        Content::Template { .. } if wanted.category != Category::Security && wanted.in_inbox => {
            match due.in_app(wanted.notification_id) {
                Some(reason) => Fate::Suppressed(reason),
                None => fate_at_sending(wanted.category, wanted.channel, &due.preferences, now),
            }
        }
        Content::Template { .. } => fate_at_sending(wanted.category, wanted.channel, &due.preferences, now),
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
    if let (Status::Failed { .. }, Some(session)) = (&settled.status, delivery.session) {
        // The device could not be notified that its session is over. It receives no further push messages nevertheless.
        Box::pin(ctx.endpoints.take_out_all(&ctx.store, delivery.user_id, Some(session))).await?;
    }
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
    let is_counted = delivery.is_counted || report.is_counted;
    // An attempt that failed before it reported forgets no device that was reached before.
    let reached = if report.reached.is_empty() { delivery.reached.clone() } else { report.reached };
    let settled = Delivery { reached, is_counted, ..delivery.clone() };
    match report.outcome {
        Outcome::Sent => settled.with(Status::Sent { at: now }),
        Outcome::Suppressed(reason) => settled.with(Status::Suppressed { at: now, reason }),
        Outcome::Refused(reason) => settled.with(Status::Failed { at: now, reason }),
        Outcome::Missed(error) => settled.missed(error, now, random),
        Outcome::Deferred(error) => settled.deferred(error, now, random),
    }
}
