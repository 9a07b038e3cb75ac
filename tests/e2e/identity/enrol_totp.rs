//! `POST /v1/auth/mfa/totp`

use serde_json::json;
use tests::{Cloud, PASSWORD, User};

use super::mfa_support::{Secured, enrol, login};

#[tokio::test]
async fn an_app_gets_its_secret_and_nothing_is_on_yet() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = enrol(&cloud, &user, PASSWORD).await;
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.expect_calls("identity-enrol-totp", "secret made");
    let enrolled = reply.expect(200);
    let secret = enrolled["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 32, "20 bytes in base32");
    let uri = enrolled["otpauthUri"].as_str().unwrap();
    let name = user.email.replace('@', "%40");
    assert!(uri.starts_with(&format!("otpauth://totp/Atoll:{name}?secret={secret}&issuer=Atoll&")), "{uri}");
    let user = User::read(&login(&cloud, &user).await);
    let again = enrol(&cloud, &user, PASSWORD).await.expect(200);
    assert_ne!(again["secret"], secret, "each enrolment has a secret of its own");
}

#[tokio::test]
async fn who_is_signed_in_and_does_not_know_the_password_may_not() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for _ in 0..5 {
        enrol(&cloud, &user, "not the password").await.expect_problem(403, "identity.wrong_password");
    }
    let reply = enrol(&cloud, &user, PASSWORD).await;
    reply.expect_problem(429, "identity.too_many_attempts");
    let seconds: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn an_app_that_is_on_is_not_replaced() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    enrol(&cloud, &secured.user, PASSWORD).await.expect_problem(409, "identity.mfa_already_on");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let call = cloud.post("/v1/auth/mfa/totp").bearer(&user.access_token);
    let reply = call.json(&json!({ "password": PASSWORD, "userId": user.id })).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "userId");
}
