//! `POST /v1/auth/mfa/verify`

use serde_json::json;
use tests::{Cloud, User};

use super::mfa_support::{Secured, login, verify};

#[tokio::test]
async fn password_and_code_sign_a_device_in() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let challenged = login(&cloud, &secured.user).await;
    assert_eq!(challenged["methods"], json!(["totp", "recovery_code"]));
    assert_eq!(challenged["status"], "mfa_required");
    assert_eq!(challenged.as_object().unwrap().len(), 3, "no user and no tokens yet: {challenged}");
    let reply = verify(&cloud, challenged["mfaToken"].as_str().unwrap(), &secured.fresh_code()).await;
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.expect_calls("identity-verify-mfa", "signed in");
    let again = User::read(&reply.expect(200));
    assert_eq!(again.id, secured.user.id);
    let me = cloud.get("/v1/users/me").bearer(&again.access_token).send().await.expect(200);
    assert_eq!(me["id"], again.id.as_str());
    // The first step does not store a device: the session has that of the second.
    let sessions = cloud.get("/v1/users/me/sessions").bearer(&again.access_token).send().await.expect(200);
    let current = sessions["items"].as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
    assert_eq!(current["id"], again.session_id.as_str());
    assert_eq!(current["device"], json!({ "name": "tablet", "platform": "android" }));
}

#[tokio::test]
async fn a_code_works_once() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let code = secured.app.code(secured.confirmed_at);
    let mfa_token = secured.challenge(&cloud).await;
    // It turned the second factor on: that was its one use.
    verify(&cloud, &mfa_token, &code).await.expect_problem(401, "identity.mfa_code_wrong");
    let code = secured.fresh_code();
    User::read(&verify(&cloud, &mfa_token, &code).await.expect(200));
    verify(&cloud, &mfa_token, &code).await.expect_problem(401, "identity.mfa_token_invalid");
    let other = secured.challenge(&cloud).await;
    verify(&cloud, &other, &code).await.expect_problem(401, "identity.mfa_code_wrong");
}

#[tokio::test]
async fn a_recovery_code_works_once() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let code = &secured.recovery_codes[9];
    User::read(&verify(&cloud, &secured.challenge(&cloud).await, code).await.expect(200));
    let other = secured.challenge(&cloud).await;
    verify(&cloud, &other, code).await.expect_problem(401, "identity.mfa_code_wrong");
    User::read(&verify(&cloud, &other, &secured.recovery_codes[8]).await.expect(200));
}

#[tokio::test]
async fn guessing_ends_after_five_wrong_codes() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let mfa_token = secured.challenge(&cloud).await;
    let wrong = secured.app.wrong_code(secured.confirmed_at);
    for _ in 0..5 {
        verify(&cloud, &mfa_token, &wrong).await.expect_problem(401, "identity.mfa_code_wrong");
    }
    let reply = verify(&cloud, &secured.challenge(&cloud).await, &secured.fresh_code()).await;
    reply.expect_problem(429, "identity.too_many_attempts");
    let seconds: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
    // The sessions that there are go on.
    let me = cloud.get("/v1/users/me").bearer(&secured.user.access_token).send().await.expect(200);
    assert_eq!(me["id"], secured.user.id.as_str());
}

#[tokio::test]
async fn the_password_alone_opens_nothing() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let mfa_token = secured.challenge(&cloud).await;
    let me = cloud.get("/v1/users/me").bearer(&mfa_token).send().await;
    me.expect_problem(401, "auth.token_invalid");
    let forged = format!("{}A", &mfa_token[..mfa_token.len() - 1]);
    let flipped = if forged == mfa_token { format!("{}Q", &mfa_token[..mfa_token.len() - 1]) } else { forged };
    for token in ["", "x", &secured.user.access_token, &secured.user.refresh_token, &flipped] {
        verify(&cloud, token, &secured.fresh_code()).await.expect_problem(401, "identity.mfa_token_invalid");
    }
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let cloud = Cloud::connect().await;
    let body = json!({ "mfaToken": "x", "code": "12345", "device": { "name": "", "platform": "ios" } });
    let reply = cloud.post("/v1/auth/mfa/verify").json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
    let fields: Vec<_> =
        reply.body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["code", "device.name"]);
}
