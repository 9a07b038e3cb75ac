//! On `events.event_reported.v1`, `badges.badge_earned.v1` and `badges.reward_granted.v1`: credits rewards, exactly once.

use contracts::Envelope;
use contracts::badges::{BadgeEarned, RewardGranted};
use contracts::events::EventReported;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::currency::check_amount;
use crate::domain::reward::Reward;
use crate::store::{NotPosted, Posted};

/// Handles one event. Suspended and deleted users get nothing.
pub async fn credit_rewards(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let reward = if event.is::<EventReported>() {
        Reward::of_event(event.decode::<EventReported>()?.data)
    } else if event.is::<BadgeEarned>() {
        Reward::of_badge(event.decode::<BadgeEarned>()?.data)
    } else if event.is::<RewardGranted>() {
        Some(Reward::granted(event.decode::<RewardGranted>()?.data))
    } else {
        return Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())));
    };
    match reward {
        Some(reward) => credit(ctx, &reward).await,
        None => Ok(Done::Ignored),
    }
}

async fn credit(ctx: &ConsumerContext, reward: &Reward) -> Handled {
    check_amount(reward.money.amount_minor).map_err(poison)?;
    let code = &reward.money.currency;
    if ctx.store.currency(code).await?.is_none() {
        return Err(Failure::Poison(format!("there is no currency {code} to reward in")));
    }
    if ctx.store.person(reward.user_id).await?.is_some_and(|person| person.suspended) {
        return Ok(Done::Ignored);
    }
    let transfer = reward.transfer(ctx.clock.now()).map_err(poison)?;
    match ctx.store.post(&transfer, &dynamo::Outbox::none(), |transaction| transaction).await {
        Ok(Posted::Now) => Ok(Done::Applied),
        Ok(Posted::Before(_)) => Ok(Done::Duplicate),
        Err(NotPosted::Forgotten(_)) => Ok(Done::Ignored),
        Err(NotPosted::Store(error)) => Err(error.into()),
        Err(refused) => Err(Failure::Poison(format!("the reward cannot be credited: {refused:?}"))),
    }
}

fn poison(error: impl std::fmt::Display) -> Failure {
    Failure::Poison(format!("the reward makes no sense: {error}"))
}
