//! Events of an award: the award itself, and the notification of its earner.

use std::collections::BTreeMap;

use contracts::badges::{BadgeEarned, RewardGranted};
use contracts::notifications::{Category, Message, NotificationRequested};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::Outbox;
use dynamo::outbox::OutboxError;
use jiff::Timestamp;
use types::{EventId, Money, UserId, Uuid, derive_id};

use crate::domain::record::{Award, Earned};

/// Currency of reward points. It has no minor units, so amounts need no formatting. Other currencies are not shown here,
/// because only the wallet knows their exponent.
const POINTS: &str = "POINTS";

/// Cause of an award.
#[derive(Debug, Clone)]
pub struct Cause {
    /// Correlation ID.
    pub correlation_id: String,
    /// ID of the causing event, if any.
    pub event_id: Option<EventId>,
    /// Time at which it was published.
    pub published_at: Timestamp,
}

/// Returns the events of awards. Their IDs are derived from user, badge and tier, so that a repeated award is the same event.
pub fn award_events(user: UserId, earned: &[Earned<'_>], now: Timestamp, cause: &Cause) -> Result<Outbox, OutboxError> {
    let mut outbox = Outbox::none();
    for (place, award) in earned.iter().enumerate() {
        if award.award == Award::Reward {
            if let Some(fact) = reward_granted(user, award) {
                outbox.push(event("reward_granted", user, award, now, cause, fact))?;
            }
            continue;
        }
        let fact = badge_earned(user, award);
        outbox.push(event("badge_earned", user, award, now, cause, fact))?;
        // Of several tiers of a badge, only the highest is notified.
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
    BadgeEarned {
        badge_id: award.badge.id,
        user_id: user,
        name: award.badge.design.texts.name.clone(),
        tier: number(award),
        tier_name: tier(award).map(|tier| tier.name.clone()).unwrap_or_default(),
        reward: reward(award).cloned(),
    }
}

fn reward_granted(user: UserId, award: &Earned<'_>) -> Option<RewardGranted> {
    let reward = reward(award)?.clone();
    Some(RewardGranted { badge_id: award.badge.id, user_id: user, tier: number(award), reward })
}

fn number(award: &Earned<'_>) -> u32 {
    u32::try_from(award.tier).unwrap_or(u32::MAX)
}

/// The reward that is paid with an award.
fn reward<'a>(award: &Earned<'a>) -> Option<&'a Money> {
    award.badge.reward(award.tier).filter(|_| award.award != Award::TierWithoutReward)
}

fn notification(user: UserId, award: &Earned<'_>) -> NotificationRequested {
    let mut data = BTreeMap::from([
        ("badge".to_owned(), award.badge.design.texts.name.clone()),
        ("badge_id".to_owned(), award.badge.id.to_string()),
    ]);
    data.extend(tier(award).map(|tier| ("tier".to_owned(), tier.name.clone())));
    let reward = reward(award).and_then(readable);
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
