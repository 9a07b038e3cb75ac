//! `POST /v1/users/me/exports`

use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, Reply, User};

async fn request(cloud: &Cloud, user: &User, key: &str) -> Reply {
    request_with(cloud, user, key, &json!({ "password": PASSWORD })).await
}

async fn request_with(cloud: &Cloud, user: &User, key: &str, body: &Value) -> Reply {
    let call = cloud.post("/v1/users/me/exports").bearer(&user.access_token).header("idempotency-key", key);
    call.json(body).send().await
}

#[tokio::test]
async fn a_session_alone_exports_nothing() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let without = request_with(&cloud, &user, "a", &json!({})).await;
    without.expect_problem(422, "request.invalid");
    assert_eq!(without.body["errors"][0]["field"], "password");
    let wrong = json!({ "password": "not the password" });
    for _ in 0..5 {
        request_with(&cloud, &user, "a", &wrong).await.expect_problem(403, "identity.wrong_password");
    }
    // Guesses are counted, also for the other operations that ask for the password.
    request(&cloud, &user, "a").await.expect_problem(429, "identity.too_many_attempts");
    let other = cloud.sign_up().await;
    assert_eq!(request(&cloud, &other, "a").await.status, 202);
}

#[tokio::test]
async fn an_export_is_requested_once_per_key() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let first = request(&cloud, &user, "a").await;
    first.expect_calls("identity-create-export", "requested");
    assert_eq!(first.header("location"), format!("/v1/users/me/exports/{}", first.body["id"].as_str().unwrap()));
    let first = first.expect(202);
    assert_eq!((&first["status"], &first["progress"]), (&json!("requested"), &json!({ "items": 0, "bytes": 0 })));
    assert_eq!(request(&cloud, &user, "a").await.expect(202)["id"], first["id"]);
    // The key is the caller's own.
    let other = cloud.sign_up().await;
    assert_ne!(request(&cloud, &other, "a").await.expect(202)["id"], first["id"]);
}

#[tokio::test]
async fn five_exports_can_be_requested_per_day() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for key in ["1", "2", "3", "4", "5"] {
        let requested = request(&cloud, &user, key).await.expect(202);
        cloud.exported(&user, requested["id"].as_str().unwrap()).await;
    }
    let refused = request(&cloud, &user, "6").await;
    refused.expect_problem(429, "request.limit_exceeded");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    // What was requested before is still answered.
    assert_eq!(request(&cloud, &user, "1").await.expect(202)["status"], "done");
}
