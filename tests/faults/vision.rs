//! Identifications while the model or the table fails, and messages that come several times: one result, and none is lost.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::pictures;
use tests::{Cloud, User, eventually, eventually_within};
use types::Uuid;

const PATH: &str = "/v1/aquarium/identifications";

async fn requested(cloud: &Cloud, user: &User, media: &str) -> String {
    let (key, body) = (Uuid::now_v7().to_string(), json!({ "mediaId": media, "kind": "species" }));
    let new = eventually("the photo to be known", async || {
        let call = cloud.post(PATH).bearer(&user.access_token).header("idempotency-key", &key);
        let reply = call.json(&body).send().await;
        (reply.status == 202).then(|| reply.expect(202))
    })
    .await;
    new["id"].as_str().unwrap().to_owned()
}

/// The identification when it has ended; the pauses between attempts are real time.
async fn ended(cloud: &Cloud, user: &User, id: &str) -> Value {
    eventually_within(Duration::from_secs(90), "the end of the identification", async || {
        let seen = cloud.get(&format!("{PATH}/{id}")).bearer(&user.access_token).send().await.expect(200);
        (seen["status"] != "pending").then_some(seen)
    })
    .await
}

async fn looks(cloud: &Cloud, id: &str) -> usize {
    let seen = cloud.local("GET", "vision").send().await.expect(200);
    seen["looks"].as_array().unwrap().iter().filter(|look| look["identification"] == id).count()
}

#[tokio::test]
async fn a_model_that_is_down_or_loses_its_answer_is_asked_again_after_a_pause() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let media = cloud.upload(&user, "image/jpeg", &pictures::jpeg(81, 61)).await;
    assert_eq!(cloud.checked(&user, &media).await["status"], "published");
    // Down before it looks, and then lost after it looked.
    cloud.inject(&json!({ "service": "vision", "error": "ServiceUnavailable" })).await;
    cloud.inject(&json!({ "service": "vision", "error": "ServiceUnavailable", "when": "after" })).await;
    let id = requested(&cloud, &user, &media).await;
    assert_eq!(ended(&cloud, &user, &id).await["status"], "identified");
    assert_eq!(looks(&cloud, &id).await, 2, "the server sees the same key twice");
    cloud.clear_faults().await;
}

#[tokio::test]
async fn a_table_that_throttles_delays_a_result_and_loses_none() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let media = cloud.upload(&user, "image/jpeg", &pictures::jpeg(82, 61)).await;
    assert_eq!(cloud.checked(&user, &media).await["status"], "published");
    let id = requested(&cloud, &user, &media).await;
    ended(&cloud, &user, &id).await;
    let fault = json!({
        "service": "dynamodb", "operation": "BatchGetItem", "keyPrefix": "vision#user#", "error": "ThrottlingException", "count": 4,
    });
    cloud.inject(&fault).await;
    // The request meets the fault itself, and is repeated as clients do.
    let second = requested(&cloud, &user, &media).await;
    assert_eq!(ended(&cloud, &user, &second).await["status"], "identified");
    cloud.clear_faults().await;
}
