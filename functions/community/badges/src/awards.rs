//! What others are told of an award: that it was earned, and its earner that they earned it.

use std::collections::BTreeMap;

use contracts::badges::BadgeEarned;
use contracts::notifications::{Category, Message, NotificationRequested};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::Outbox;
use dynamo::outbox::OutboxError;
use jiff::Timestamp;
use types::{EventId, Money, UserId, Uuid, derive_id};

use crate::domain::record::Earned;

/// The currency of reward points. It has no minor units, so an amount reads as it is; how others are written is for the
/// wallet to know.
const POINTS: &str = "POINTS";

/// What led to an award.
#[derive(Debug, Clone)]
pub struct Cause {
    /// The same for all that one action sets in motion.
    pub correlation_id: String,
    /// The event, if it was one.
    pub event_id: Option<EventId>,
}

/// The events of some awards. Their ids are made of what was earned, so that a tier that is told of again is the same event.
pub fn told(user: UserId, earned: &[Earned<'_>], now: Timestamp, cause: &Cause) -> Result<Outbox, OutboxError> {
    let mut outbox = Outbox::none();
    for (place, award) in earned.iter().enumerate() {
        let fact = badge_earned(user, award);
        outbox.push(event("badge_earned", user, award, now, cause, fact))?;
        // A person is told of the highest of several tiers of a badge.
        if earned.get(place + 1).is_none_or(|next| next.badge.id != award.badge.id) {
            outbox.push(event("notification", user, award, now, cause, notification(user, award)))?;
        }
    }
    Ok(outbox)
}

fn event<T: DomainEvent>(
    what: &str,
    user: UserId,
    award: &Earned<'_>,
    now: Timestamp,
    cause: &Cause,
    data: T,
) -> Envelope<T> {
    let id = EventId::new(derived(what, user, award));
    let event = Envelope::new(id, now, cause.correlation_id.clone(), Actor::System, data);
    Envelope { causation_id: cause.event_id, ..event }
}

fn derived(what: &str, user: UserId, award: &Earned<'_>) -> Uuid {
    derive_id(&["badges", what, &user.to_string(), &award.badge.id.to_string(), &award.tier.to_string()])
}

fn badge_earned(user: UserId, award: &Earned<'_>) -> BadgeEarned {
    let tier = tier(award);
    BadgeEarned {
        badge_id: award.badge.id,
        user_id: user,
        name: award.badge.design.texts.name.clone(),
        tier: u32::try_from(award.tier).unwrap_or(u32::MAX),
        tier_name: tier.map(|tier| tier.name.clone()).unwrap_or_default(),
        reward: tier.and_then(|tier| tier.reward.clone()),
    }
}

fn notification(user: UserId, award: &Earned<'_>) -> NotificationRequested {
    let mut data = BTreeMap::from([("badge".to_owned(), award.badge.design.texts.name.clone())]);
    data.extend(tier(award).map(|tier| ("tier".to_owned(), tier.name.clone())));
    let reward = tier(award).and_then(|tier| tier.reward.as_ref()).and_then(readable);
    data.extend(reward.map(|reward| ("reward".to_owned(), reward)));
    NotificationRequested {
        notification_id: derived("told", user, award),
        recipients: vec![user],
        category: Category::Activity,
        message: Message { template: "badge_earned".to_owned(), data, link: Some("/badges".to_owned()) },
        channels: None,
    }
}

fn tier<'a>(award: &Earned<'a>) -> Option<&'a crate::domain::badge::Tier> {
    award.badge.design.tiers.get(award.tier.checked_sub(1)?)
}

fn readable(reward: &Money) -> Option<String> {
    (reward.currency.as_str() == POINTS).then(|| format!("{} {POINTS}", reward.amount_minor))
}
