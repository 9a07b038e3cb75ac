//! `POST /v1/commerce/views`

use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, Reply};
use types::{ProductId, Uuid};

const PATH: &str = "/v1/commerce/views";

fn batch() -> Value {
    let view = json!({ "productId": ProductId::generate(), "viewedAt": Timestamp::now().to_string() });
    json!({ "sessionId": Uuid::now_v7().to_string(), "consent": true, "views": [view] })
}

async fn send(cloud: &Cloud, token: Option<&str>, body: &Value) -> Reply {
    let call = cloud.call("POST", PATH);
    let call = match token {
        Some(token) => call.bearer(token),
        None => call,
    };
    call.json(body).send().await
}

#[tokio::test]
async fn guests_and_users_record_views_and_may_repeat_a_batch() {
    let cloud = Cloud::connect().await;
    let (user, body) = (cloud.sign_up().await, batch());
    for token in [None, Some(user.access_token.as_str())] {
        assert_eq!(send(&cloud, token, &body).await.status, 204);
        assert_eq!(send(&cloud, token, &body).await.status, 204);
    }
}

#[tokio::test]
async fn an_invalid_token_is_not_taken_for_a_guest() {
    let cloud = Cloud::connect().await;
    assert_eq!(send(&cloud, Some("e30.e30.e30"), &batch()).await.status, 401);
}

#[tokio::test]
async fn an_ended_session_records_nothing() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let logout = cloud.post("/v1/auth/logout").bearer(&user.access_token);
    assert_eq!(logout.send().await.status, 204);
    send(&cloud, Some(&user.access_token), &batch()).await.expect_problem(401, "auth.session_ended");
}

#[tokio::test]
async fn a_batch_needs_consent_and_bounded_fields() {
    let cloud = Cloud::connect().await;
    let with = |field: &str, value: Value| {
        let mut body = batch();
        body[field] = value;
        body
    };
    let views = vec![batch()["views"][0].clone(); 21];
    for (body, field) in [
        (with("consent", json!(false)), "consent"),
        (with("sessionId", json!("short")), "sessionId"),
        (with("views", json!([])), "views"),
        (with("views", json!(views)), "views"),
        (with("userId", json!("me")), "userId"),
    ] {
        let reply = send(&cloud, None, &body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
}
