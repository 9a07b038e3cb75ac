//! `POST /v1/auth/email/begin`

use serde_json::{Value, json};
use tests::{Cloud, Reply};

use super::mailed::{SIGN_IN, mail_about};

async fn begin(cloud: &Cloud, body: &Value) -> Reply {
    cloud.post("/v1/auth/email/begin").json(body).send().await
}

#[tokio::test]
async fn every_address_gets_a_code_and_the_answer_does_not_tell_who_has_an_account() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for (email, case) in [(user.email, "known address"), (cloud.new_email(), "unknown address")] {
        let reply = begin(&cloud, &json!({ "email": email })).await;
        reply.expect_calls("identity-begin-email-sign-in", case);
        let body = reply.expect(202);
        assert_eq!(body["expiresIn"], 600);
        assert_eq!(body.as_object().unwrap().len(), 2);
        let mail = mail_about(&cloud, &email, SIGN_IN, 1).await;
        assert!(mail.text.contains("/sign-in#token="), "{}", mail.text);
        assert!(!mail.text.contains("Ann") && mail.text.starts_with("Hello,"), "no name: {}", mail.text);
    }
}

#[tokio::test]
async fn a_mailbox_gets_one_code_per_minute() {
    let cloud = Cloud::connect().await;
    let email = cloud.new_email();
    assert_eq!(begin(&cloud, &json!({ "email": email })).await.status, 202);
    let again = begin(&cloud, &json!({ "email": email })).await;
    again.expect_problem(429, "identity.too_soon");
    let wait: u64 = again.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let cloud = Cloud::connect().await;
    for (body, field) in [
        (json!({}), "email"),
        (json!({ "email": "ann" }), "email"),
        (json!({ "email": "a@b.example", "name": "x" }), "name"),
    ] {
        let reply = begin(&cloud, &body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
}
