//! On what people do and give: writes it into their logs, and gives the badges that it earns.
//! Emits `badges.badge_earned.v1` and `notifications.requested.v1`.
//!
//! A deed is named by what it is about and not by its event, so that it is written once however often it is told. Entry,
//! record and what they tell commit together under the record's version: of two deeds of one person at the same time the
//! second is decided again with what the first came to. Kinds of events are kept by the same consumer, since a queue of
//! their own would cost money while idle.

use contracts::Envelope;
use contracts::events::{EventRemoved, EventReported, EventTypeChanged};
use contracts::wallet::{DonationCompleted, Recipient};
use dynamo::ConflictRetry;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::UserId;

use crate::awards::{Cause, told};
use crate::ctx::ConsumerContext;
use crate::domain::fact::{Deed, Fact};
use crate::domain::record::Record;
use crate::domain::tally::Day;
use crate::store::{Appended, EventType};

/// How often an activity is attempted against others of the same person.
const MAX_ATTEMPTS: u32 = 12;

/// Handles one event.
pub async fn evaluate_badges(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let cause = Cause { correlation_id: event.correlation_id.clone(), event_id: Some(event.id) };
    if event.is::<EventReported>() {
        let event = event.decode::<EventReported>()?;
        // What is said to have happened after it was told happened when it was told.
        let day = Day::of(event.data.occurred_at.min(event.occurred_at));
        let (event_id, event_type_id) = (event.data.event_id, event.data.event_type_id);
        hear(ctx, event.data.user_id, Deed::Reported { event_id, event_type_id, day }, &cause).await
    } else if event.is::<EventRemoved>() {
        let fact = event.decode::<EventRemoved>()?.data;
        hear(ctx, fact.user_id, Deed::Removed { event_id: fact.event_id, was: None }, &cause).await
    } else if event.is::<EventTypeChanged>() {
        event_type_changed(ctx, &event.decode::<EventTypeChanged>()?.data).await
    } else if event.is::<DonationCompleted>() {
        donation_completed(ctx, event.decode::<DonationCompleted>()?.data, &cause).await
    } else {
        Err(Failure::Poison(format!("no use for {}", event.detail_type())))
    }
}

async fn event_type_changed(ctx: &ConsumerContext, fact: &EventTypeChanged) -> Handled {
    let (event_type_id, retired, revision) = (fact.event_type_id, fact.retired, fact.revision);
    let fresh = ctx.store.keep_event_type(EventType { event_type_id, retired, revision }).await?;
    Ok(if fresh { Done::Applied } else { Done::Duplicate })
}

/// Two people's deeds, each written by itself: who is killed between them writes the second when the event comes again.
async fn donation_completed(ctx: &ConsumerContext, fact: DonationCompleted, cause: &Cause) -> Handled {
    let amount_minor = u64::try_from(fact.money.amount_minor).unwrap_or_default();
    if amount_minor == 0 {
        return Err(Failure::Poison("a donation of nothing".into()));
    }
    let (donation_id, currency) = (fact.donation_id, fact.money.currency);
    let donated = Deed::Donated { donation_id, amount_minor, currency: currency.clone() };
    let mut done = hear(ctx, fact.donor_id, donated, cause).await?;
    let beneficiary = match fact.recipient {
        Recipient::User(user) => Some(user),
        Recipient::Point(_) => fact.beneficiary_id,
    };
    if let Some(beneficiary) = beneficiary {
        let received = Deed::Received { donation_id, amount_minor, currency };
        let second = hear(ctx, beneficiary, received, cause).await?;
        done = if done == Done::Applied { done } else { second };
    }
    Ok(done)
}

/// Writes down what somebody did, unless it stands there.
async fn hear(ctx: &ConsumerContext, user: UserId, deed: Deed, cause: &Cause) -> Handled {
    let mut retry = ConflictRetry::up_to(MAX_ATTEMPTS);
    loop {
        let known = ctx.store.known(user, &deed).await?;
        if known.heard {
            return Ok(Done::Duplicate);
        }
        let now = ctx.clock.now();
        let catalogue = ctx.store.catalogue_at(known.revision, now).await?;
        let record = known.record.as_ref().map_or_else(|| Record::new(user), |read| read.value.clone());
        let fact = Fact {
            user_id: user,
            number: record.facts + 1,
            catalogue: catalogue.revision(),
            at: now,
            deed: deed.clone().in_view_of(known.counterpart.as_ref()),
        };
        let (next, earned) = record.after(&fact, &catalogue);
        let outbox = told(user, &earned, now, cause)?;
        match ctx.store.append(known.record.as_ref(), &fact, &next, &outbox).await? {
            Appended::Done => return Ok(Done::Applied),
            Appended::Forgotten => return Ok(Done::Ignored),
            Appended::Again => retry.pause().await?,
        }
    }
}
