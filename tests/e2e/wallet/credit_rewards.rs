//! `wallet-credit-rewards` on `events.event_reported.v1`, `badges.badge_earned.v1`, `badges.reward_granted.v1`

use contracts::badges::{BadgeEarned, RewardGranted};
use contracts::{Actor, Envelope};
use tests::{Cloud, User, eventually, money, reported};
use types::{BadgeId, EventId, Money};

use super::support::get;

async fn deliver<T: contracts::DomainEvent + Clone>(cloud: &Cloud, event: &Envelope<T>) {
    let before = cloud.log().iter().filter(|line| is_of(line, &event.correlation_id)).count();
    cloud.publish(event).await;
    eventually("the event's line", async || {
        (cloud.log().iter().filter(|line| is_of(line, &event.correlation_id)).count() > before).then_some(())
    })
    .await;
}

fn is_of(line: &str, correlation: &str) -> bool {
    line.starts_with("wallet-credit-rewards") && line.contains(correlation)
}

fn earned(user: &User, badge_id: BadgeId, tier: u32, reward: Option<Money>) -> Envelope<BadgeEarned> {
    let (name, tier_name) = ("Feeder".to_owned(), "gold".to_owned());
    let fact = BadgeEarned { badge_id, user_id: user.user_id(), name, tier, tier_name, reward };
    let id = EventId::generate();
    Envelope::new(id, jiff::Timestamp::now(), id.to_string(), Actor::System, fact)
}

#[tokio::test]
async fn an_event_is_rewarded_once_however_often_it_is_told() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_with_wallet().await;
    let event = reported(&user, Some(money(5, "POINTS")));
    for _ in 0..3 {
        deliver(&cloud, &event).await;
    }
    deliver(&cloud, &reported(&user, None)).await;
    assert_eq!(cloud.available(&user, "POINTS").await, 5);
    let lines = get(&cloud, &user, "/v1/community/wallet/transactions").await;
    assert_eq!(lines["items"].as_array().unwrap().len(), 1);
    assert_eq!(lines["items"][0]["reference"], event.data.event_id.to_string());
}

#[tokio::test]
async fn each_tier_of_a_badge_is_rewarded_once() {
    let cloud = Cloud::connect().await;
    let (user, badge) = (cloud.sign_up_with_wallet().await, BadgeId::generate());
    for (tier, points) in [(1, 10), (1, 10), (2, 20)] {
        // Another event of the same fact.
        deliver(&cloud, &earned(&user, badge, tier, Some(money(points, "POINTS")))).await;
    }
    assert_eq!(cloud.available(&user, "POINTS").await, 30);
}

#[tokio::test]
async fn a_reward_that_was_withheld_is_credited_once_it_is_granted() {
    let cloud = Cloud::connect().await;
    let (user, badge_id) = (cloud.sign_up_with_wallet().await, BadgeId::generate());
    deliver(&cloud, &earned(&user, badge_id, 1, None)).await;
    assert_eq!(cloud.available(&user, "POINTS").await, 0);
    for _ in 0..2 {
        let fact = RewardGranted { badge_id, user_id: user.user_id(), tier: 1, reward: money(10, "POINTS") };
        let id = EventId::generate();
        deliver(&cloud, &Envelope::new(id, jiff::Timestamp::now(), id.to_string(), Actor::System, fact)).await;
    }
    assert_eq!(cloud.available(&user, "POINTS").await, 10);
}

#[tokio::test]
async fn a_reward_that_makes_no_sense_is_a_dead_letter() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_with_wallet().await;
    for (reward, why) in [(money(5, "SHELLS"), "no currency SHELLS"), (money(0, "POINTS"), "makes no sense")] {
        let event = reported(&user, Some(reward));
        cloud.publish(&event).await;
        let letter = cloud.take_dead_letter("wallet-dead-letters", &event.correlation_id).await;
        assert!(letter.reason.contains(why), "{}", letter.reason);
    }
    assert_eq!(cloud.available(&user, "POINTS").await, 0);
}
