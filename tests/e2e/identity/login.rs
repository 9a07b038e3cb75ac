//! `POST /v1/auth/login`

use serde_json::json;
use tests::{Cloud, PASSWORD, User};

#[tokio::test]
async fn the_right_password_signs_a_device_in() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body =
        json!({ "email": user.email, "password": PASSWORD, "device": { "name": "tablet", "platform": "android" } });
    let reply = cloud.post("/v1/auth/login").json(&body).send().await;
    reply.expect_calls("identity-login", "signed in");
    let again = User::read(&reply.expect(200));
    assert_eq!(again.id, user.id);
    assert_ne!(again.session_id, user.session_id);
    let me = cloud.get("/v1/users/me").bearer(&again.access_token).send().await.expect(200);
    assert_eq!(me["id"], user.id.as_str());
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mut answers = Vec::new();
    for email in [user.email, cloud.new_email()] {
        let reply =
            cloud.post("/v1/auth/login").json(&json!({ "email": email, "password": "not the password" })).send().await;
        reply.expect_problem(401, "identity.bad_credentials");
        let mut body = reply.body;
        body["requestId"] = json!("");
        answers.push(body);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn after_five_wrong_passwords_the_address_has_to_wait_and_a_stranger_is_not_told_who_exists() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for email in [user.email, cloud.new_email()] {
        let call =
            |password: &str| cloud.post("/v1/auth/login").json(&json!({ "email": email, "password": password })).send();
        for _ in 0..5 {
            call("not the password").await.expect_problem(401, "identity.bad_credentials");
        }
        let reply = call(PASSWORD).await;
        reply.expect_problem(429, "identity.too_many_attempts");
        let seconds: u64 = reply.header("retry-after").parse().unwrap();
        assert!((1..=900).contains(&seconds), "{seconds}");
    }
}
