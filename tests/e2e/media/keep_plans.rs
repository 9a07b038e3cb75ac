//! `media-keep-plans` on `billing.entitlement_changed.v1` and `identity.plan_changed.v1`

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, User};

use super::{entitle, on_free_plan, set_plan};

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
    set_plan(&cloud, &premium, "premium", now).await;
    set_plan(&cloud, &premium, "free", earlier).await;
    set_plan(&cloud, &free, "free", now).await;
    set_plan(&cloud, &free, "premium", earlier).await;
    assert_eq!((room(&cloud, &free).await, room(&cloud, &premium).await), (10, 12));
}

#[tokio::test]
async fn a_plan_from_billing_counts_above_that_of_the_account_until_its_end() {
    let cloud = Cloud::connect().await;
    let [current, ended] = [on_free_plan(&cloud).await, on_free_plan(&cloud).await];
    let (later, before) = (Timestamp::now() + Duration::from_mins(10), Timestamp::now() - Duration::from_mins(1));
    entitle(&cloud, &current, 2, "premium", later).await;
    entitle(&cloud, &current, 1, "free", later).await;
    entitle(&cloud, &ended, 1, "premium", before).await;
    assert_eq!((room(&cloud, &current).await, room(&cloud, &ended).await), (12, 10));
}
