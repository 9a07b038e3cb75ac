//! On events of care events and donations: records user activity and awards badges.
//!
//! Emits `badges.badge_earned.v1` and `notifications.requested.v1`.
//!
//! Activities are keyed by their subject, not by the event ID, so duplicates are recorded once. Log entry, record
//! and emitted events are written in one transaction, conditional on the version of the record: of two concurrent
//! activities of a user, the second is evaluated again. Event types are kept by the same consumer, because another
//! queue would cost money while idle.

use contracts::Envelope;
use contracts::events::{EventRemoved, EventReported, EventTypeChanged};
use contracts::wallet::{DonationCompleted, Recipient};
use dynamo::ConflictRetry;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::UserId;

use crate::awards::{Cause, award_events};
use crate::ctx::ConsumerContext;
use crate::domain::fact::{Activity, Fact};
use crate::domain::record::Record;
use crate::domain::tally::Day;
use crate::store::{AppendOutcome, EventType};

/// Maximum number of attempts against concurrent activities of the same user.
const MAX_ATTEMPTS: u32 = 12;

/// Handles one event.
pub async fn evaluate_badges(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let cause = Cause { correlation_id: event.correlation_id.clone(), event_id: Some(event.id) };
    if event.is::<EventReported>() {
        let event = event.decode::<EventReported>()?;
        // Future timestamps are clamped to the event's publication time.
        let day = Day::of(event.data.occurred_at.min(event.occurred_at));
        let (event_id, event_type_id) = (event.data.event_id, event.data.event_type_id);
        record_activity(ctx, event.data.user_id, Activity::EventReported { event_id, event_type_id, day }, &cause).await
    } else if event.is::<EventRemoved>() {
        let fact = event.decode::<EventRemoved>()?.data;
        record_activity(ctx, fact.user_id, Activity::EventRemoved { event_id: fact.event_id, was: None }, &cause).await
    } else if event.is::<EventTypeChanged>() {
        event_type_changed(ctx, &event.decode::<EventTypeChanged>()?.data).await
    } else if event.is::<DonationCompleted>() {
        donation_completed(ctx, event.decode::<DonationCompleted>()?.data, &cause).await
    } else {
        Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())))
    }
}

async fn event_type_changed(ctx: &ConsumerContext, fact: &EventTypeChanged) -> Handled {
    let (event_type_id, retired, revision) = (fact.event_type_id, fact.retired, fact.revision);
    let fresh = ctx.store.keep_event_type(EventType { event_type_id, retired, revision }).await?;
    Ok(if fresh { Done::Applied } else { Done::Duplicate })
}

/// Records the activities of donor and beneficiary separately. If the first is recorded and the second fails, the retry records the second.
async fn donation_completed(ctx: &ConsumerContext, fact: DonationCompleted, cause: &Cause) -> Handled {
    let amount_minor = u64::try_from(fact.money.amount_minor).unwrap_or_default();
    if amount_minor == 0 {
        return Err(Failure::Poison("the amount of the donation is not positive".into()));
    }
    let (donation_id, currency) = (fact.donation_id, fact.money.currency);
    let donated = Activity::DonationGiven { donation_id, amount_minor, currency: currency.clone() };
    let mut done = record_activity(ctx, fact.donor_id, donated, cause).await?;
    let beneficiary = match fact.recipient {
        Recipient::User(user) => Some(user),
        Recipient::Point(_) => fact.beneficiary_id,
    };
    if let Some(beneficiary) = beneficiary {
        let received = Activity::DonationReceived { donation_id, amount_minor, currency };
        let second = record_activity(ctx, beneficiary, received, cause).await?;
        done = if done == Done::Applied { done } else { second };
    }
    Ok(done)
}

/// Appends an activity to the user's log unless it is already there.
async fn record_activity(ctx: &ConsumerContext, user_id: UserId, activity: Activity, cause: &Cause) -> Handled {
    let mut retry = ConflictRetry::up_to(MAX_ATTEMPTS);
    loop {
        let lookup = ctx.store.lookup(user_id, &activity).await?;
        if lookup.already_recorded {
            return Ok(Done::Duplicate);
        }
        let now = ctx.clock.now();
        let catalogue = ctx.store.catalogue_at(lookup.revision, now).await?;
        let record = lookup.record.as_ref().map_or_else(|| Record::new(user_id), |read| read.value.clone());
        let fact = Fact {
            user_id,
            number: record.facts + 1,
            catalogue: catalogue.revision(),
            at: now,
            activity: activity.clone().resolved_against(lookup.counterpart.as_ref()),
        };
        let (next, awarded) = record.after(&fact, &catalogue);
        let outbox = award_events(user_id, &awarded, now, cause)?;
        match ctx.store.append(lookup.record.as_ref(), &fact, &next, &outbox).await? {
            AppendOutcome::Appended => return Ok(Done::Applied),
            AppendOutcome::UserErased => return Ok(Done::Ignored),
            AppendOutcome::Conflict => retry.pause().await?,
        }
    }
}
