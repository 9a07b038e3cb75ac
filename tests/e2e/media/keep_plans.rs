//! `media-keep-plans` on `identity.plan_changed.v1`

use std::time::Duration;

use contracts::identity::PlanChanged;
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, User, eventually};
use types::EventId;

async fn tell(cloud: &Cloud, user: &User, plan: &str, at: Timestamp) {
    let (id, fact) = (EventId::generate(), PlanChanged { user_id: user.id.parse().unwrap(), plan: plan.to_owned() });
    let event = Envelope::new(id, at, id.to_string(), Actor::System, fact);
    cloud.publish(&event).await;
    eventually("the event's line", async || cloud.logged("media-keep-plans", &id.to_string()).then_some(())).await;
}

/// How many of the largest photos there is room for, up to twelve.
async fn room(cloud: &Cloud, user: &User) -> usize {
    let body = json!({ "purpose": "photo", "contentType": "image/png", "bytes": 20 * 1024 * 1024 });
    for number in 0..12 {
        let key = format!("room-{number}");
        let call = cloud.post("/v1/media").bearer(&user.access_token).header("idempotency-key", &key);
        if call.json(&body).send().await.status != 201 {
            return number;
        }
    }
    12
}

#[tokio::test]
async fn the_quota_goes_by_the_latest_plan_whatever_comes_last() {
    let cloud = Cloud::connect().await;
    let (now, earlier) = (Timestamp::now(), Timestamp::now() - Duration::from_mins(1));
    let [free, premium] = [cloud.sign_up().await, cloud.sign_up().await];
    tell(&cloud, &premium, "premium", now).await;
    tell(&cloud, &premium, "free", earlier).await;
    tell(&cloud, &free, "free", now).await;
    tell(&cloud, &free, "premium", earlier).await;
    assert_eq!((room(&cloud, &free).await, room(&cloud, &premium).await), (10, 12));
}
