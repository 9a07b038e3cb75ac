//! `GET /v1/community/badges/mine`

use serde_json::json;
use tests::Cloud;

use super::support::{badge, kind, my, removed, reported, tell};

#[tokio::test]
async fn one_sees_what_was_earned_and_how_far_the_next_tier_is() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let kind = kind(&cloud).await;
    let badge = badge(&cloud, kind, &[2, 5]).await;
    let before = my(&cloud, &user, &badge).await;
    assert_eq!((&before["earned"], &before["progress"]), (&json!([]), &json!(0)));
    assert_eq!(before["next"], json!({ "tier": 1, "name": "tier 2", "threshold": 2 }));

    let events = [(); 3].map(|()| reported(&user, kind));
    for event in &events {
        tell(&cloud, event).await;
    }
    let after = my(&cloud, &user, &badge).await;
    assert_eq!((&after["progress"], &after["next"]["tier"]), (&json!(3), &json!(2)));
    let earned = &after["earned"][0];
    assert_eq!((&earned["tier"], &earned["name"]), (&json!(1), &json!("tier 2")));
    assert_eq!(earned["reward"], json!({ "amountMinor": 50, "currency": "POINTS" }));
    assert!(earned["earnedAt"].is_string());

    // What is removed counts no more, and what was earned stays.
    for event in &events[..2] {
        tell(&cloud, &removed(event)).await;
    }
    let last = my(&cloud, &user, &badge).await;
    assert_eq!((&last["progress"], &last["earned"]), (&json!(1), &after["earned"]));
}
