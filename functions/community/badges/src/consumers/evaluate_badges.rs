//! On events of care events and donations: records user activity and awards badges.
//!
//! Emits `badges.badge_earned.v1`, `badges.reward_granted.v1` and `notifications.requested.v1`.
//!
//! Activities are keyed by their subject, not by the event ID, so duplicates are recorded once. Log entry, record
//! and emitted events are written in one transaction, conditional on the version of the record: of two concurrent
//! activities of a user, the second is evaluated again. Event types are kept by the same consumer, because another
//! queue would cost money while idle.

use calendar::{EpochDay, ZoneName};
use contracts::Envelope;
use contracts::events::{EventRemoved, EventReported, EventTypeChanged};
use contracts::notifications::PreferencesChanged;
use contracts::wallet::{CurrencyChanged, DonationCompleted, Recipient, TransferCompleted};
use dynamo::ConflictRetry;
use jiff::Timestamp;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::UserId;

use crate::awards::{Cause, award_events};
use crate::ctx::ConsumerContext;
use crate::domain::fact::{Activity, Fact};
use crate::domain::flow::NetChange;
use crate::domain::record::Record;
use crate::store::{AppendOutcome, EventType, FlowChange};

/// Maximum number of attempts against concurrent activities of the same user.
const MAX_ATTEMPTS: u32 = 12;

/// Handles one event.
pub async fn evaluate_badges(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let (correlation_id, published_at) = (event.correlation_id.clone(), event.occurred_at);
    let cause = Cause { correlation_id, event_id: Some(event.id), published_at };
    if event.is::<EventReported>() {
        let event = event.decode::<EventReported>()?;
        // Future timestamps are clamped to the event's publication time.
        let at = event.data.occurred_at.min(event.occurred_at);
        let (event_id, event_type_id) = (event.data.event_id, event.data.event_type_id);
        // The local day is found with the record.
        let withheld = event.data.reward_withheld.is_some();
        let activity = Activity::EventReported { event_id, event_type_id, day: EpochDay::in_utc(at), withheld };
        record(ctx, event.data.user_id, activity, Some(at), &cause).await
    } else if event.is::<EventRemoved>() {
        let fact = event.decode::<EventRemoved>()?.data;
        record_activity(ctx, fact.user_id, Activity::EventRemoved { event_id: fact.event_id, was: None }, &cause).await
    } else if event.is::<EventTypeChanged>() {
        event_type_changed(ctx, &event.decode::<EventTypeChanged>()?.data).await
    } else if event.is::<PreferencesChanged>() {
        let at = event.occurred_at;
        let PreferencesChanged { user_id, time_zone, revision } = event.decode()?.data;
        let zone = ZoneName::parse(&time_zone).map_err(|error| Failure::Poison(format!("the time zone {error}")))?;
        let fresh = ctx.store.keep_zone(user_id, &zone, at, revision).await?;
        Ok(if fresh { Done::Applied } else { Done::Duplicate })
    } else if event.is::<CurrencyChanged>() {
        let fresh = ctx.store.keep_currency(&event.decode::<CurrencyChanged>()?.data.code).await?;
        Ok(if fresh { Done::Applied } else { Done::Duplicate })
    } else if event.is::<DonationCompleted>() {
        donation_completed(ctx, event.decode::<DonationCompleted>()?.data, &cause).await
    } else if event.is::<TransferCompleted>() {
        transfer_completed(ctx, event.decode::<TransferCompleted>()?.data, &cause).await
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
    let beneficiary = match fact.recipient {
        Recipient::User(user) => Some(user),
        Recipient::Point(_) => fact.beneficiary_id,
    };
    // A donation to a point that the donor keeps moves no money between users.
    if beneficiary == Some(fact.donor_id) {
        return Ok(Done::Ignored);
    }
    let donated = Activity::DonationGiven {
        donation_id,
        amount_minor,
        currency: currency.clone(),
        counterparty_id: beneficiary,
        net: None,
    };
    let mut done = record_activity(ctx, fact.donor_id, donated, cause).await?;
    if let Some(beneficiary) = beneficiary {
        let counterparty_id = Some(fact.donor_id);
        let received = Activity::DonationReceived { donation_id, amount_minor, currency, counterparty_id, net: None };
        let second = record_activity(ctx, beneficiary, received, cause).await?;
        done = if done == Done::Applied { done } else { second };
    }
    Ok(done)
}

/// Records money that is no donation for both sides: it is subtracted from the donations in the other direction.
async fn transfer_completed(ctx: &ConsumerContext, fact: TransferCompleted, cause: &Cause) -> Handled {
    let TransferCompleted { transfer_id, sender_id, receiver_id, money } = fact;
    let amount_minor = u64::try_from(money.amount_minor).unwrap_or_default();
    if amount_minor == 0 {
        return Err(Failure::Poison("the amount of the transfer is not positive".into()));
    }
    // A keeper who takes money from their point moves none between users.
    if sender_id == receiver_id {
        return Ok(Done::Ignored);
    }
    let (currency, net) = (money.currency, NetChange::default());
    let sent = Activity::TransferSent {
        transfer_id,
        amount_minor,
        currency: currency.clone(),
        counterparty_id: receiver_id,
        net,
    };
    let done = record_activity(ctx, sender_id, sent, cause).await?;
    let received = Activity::TransferReceived { transfer_id, amount_minor, currency, counterparty_id: sender_id, net };
    let second = record_activity(ctx, receiver_id, received, cause).await?;
    Ok(if done == Done::Applied { done } else { second })
}

/// Appends an activity without a day to the user's log unless it is already there.
async fn record_activity(ctx: &ConsumerContext, user_id: UserId, activity: Activity, cause: &Cause) -> Handled {
    record(ctx, user_id, activity, None, cause).await
}

/// Appends an activity to the user's log unless it is already there. Its day is the user's local day at `occurred_at`.
async fn record(
    ctx: &ConsumerContext,
    user_id: UserId,
    activity: Activity,
    occurred_at: Option<Timestamp>,
    cause: &Cause,
) -> Handled {
    let mut retry = ConflictRetry::up_to(MAX_ATTEMPTS);
    loop {
        let lookup = ctx.store.lookup(user_id, &activity).await?;
        if lookup.already_recorded {
            return Ok(Done::Duplicate);
        }
        if lookup.record.as_ref().is_some_and(|read| read.value.is_before_takeover(cause.published_at)) {
            return Ok(Done::Ignored);
        }
        let now = ctx.clock.now();
        let catalogue = ctx.store.catalogue_at(lookup.revision, now).await?;
        let record = lookup.record.as_ref().map_or_else(|| Record::new(user_id), |read| read.value.clone());
        let activity = match occurred_at {
            Some(at) => activity.clone().on(EpochDay::numbered(lookup.days.day(at))),
            None => activity.clone(),
        };
        let activity = activity.resolved_against(lookup.counterpart.as_ref());
        let (activity, flow) = activity.netted(user_id, lookup.flow.as_ref().map(|read| &read.value));
        let flow = flow.map(|next| FlowChange { read: lookup.flow.as_ref(), next });
        let fact = Fact { user_id, number: record.facts + 1, catalogue: catalogue.revision(), at: now, activity };
        let (next, awarded) = record.after(&fact, &catalogue);
        let outbox = award_events(user_id, &awarded, now, cause)?;
        match ctx.store.append(lookup.record.as_ref(), &fact, &next, flow, &outbox).await? {
            AppendOutcome::Appended => return Ok(Done::Applied),
            AppendOutcome::UserErased => return Ok(Done::Ignored),
            AppendOutcome::Conflict => retry.pause().await?,
        }
    }
}
