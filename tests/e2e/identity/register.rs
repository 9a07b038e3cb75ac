//! `POST /v1/auth/register`

use serde_json::{Value, json};
use tests::{Cloud, PASSWORD};

fn body(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "Ann", "device": { "name": "phone", "platform": "ios" } })
}

#[tokio::test]
async fn a_new_account_is_signed_in() {
    let cloud = Cloud::connect().await;
    let email = cloud.new_email();
    let reply = cloud.post("/v1/auth/register").json(&body(&email)).send().await;
    assert_eq!(reply.header("location"), "/v1/users/me");
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.expect_calls("identity-register", "new account");
    let answer = reply.expect(201);
    assert_eq!(answer["user"]["email"], email.as_str());
    assert_eq!(answer["user"]["emailVerified"], false);
    assert_eq!(answer["user"]["roles"], json!(["user"]));
    assert_eq!(answer["user"]["plan"], "family", "the plan that the deployment names");
    assert_eq!(answer["tokens"]["tokenType"], "Bearer");
    assert_eq!(answer["tokens"]["expiresIn"], 600);
    assert!(!answer.to_string().contains("argon2"), "no hash leaves");
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_written() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let again = cloud.post("/v1/auth/register").json(&body(&user.email.to_uppercase())).send().await;
    again.expect_problem(409, "identity.email_taken");
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let cloud = Cloud::connect().await;
    let body = json!({ "email": "ann", "password": "short", "name": " ", "device": { "name": "", "platform": "ios" } });
    let reply = cloud.post("/v1/auth/register").json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
    let fields: Vec<_> =
        reply.body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["email", "name", "password", "device.name"]);
}

#[tokio::test]
async fn what_the_server_decides_is_not_read_from_the_body() {
    let cloud = Cloud::connect().await;
    let mut body = body(&cloud.new_email());
    body["roles"] = json!(["admin"]);
    let reply = cloud.post("/v1/auth/register").json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "roles");
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let cloud = Cloud::connect().await;
    let call = |kind: &str, text: &str| cloud.post("/v1/auth/register").text(kind, text).send();
    call("application/json", "{").await.expect_problem(400, "request.unreadable");
    call("text/plain", "{}").await.expect_problem(415, "request.not_json");
    call("application/json", &format!("\"{}\"", "a".repeat(300_000))).await.expect_problem(413, "request.too_large");
}
