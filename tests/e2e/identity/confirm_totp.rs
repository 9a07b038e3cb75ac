//! `POST /v1/auth/mfa/totp/confirm`

use std::collections::HashSet;

use jiff::Timestamp;
use tests::{Authenticator, Cloud, PASSWORD};

use super::mfa_support::{Secured, confirm, enrol};

#[tokio::test]
async fn the_first_code_turns_it_on_and_shows_ten_recovery_codes() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let distinct: HashSet<_> = secured.recovery_codes.iter().collect();
    assert_eq!(distinct.len(), 10);
    assert!(secured.recovery_codes.iter().all(|code| code.len() == 11 && code.as_bytes()[5] == b'-'));
    let me = cloud.get("/v1/users/me").bearer(&secured.user.access_token).send().await.expect(200);
    assert_eq!(me["mfaEnabled"], true);
    let again = confirm(&cloud, &secured.user, &secured.fresh_code()).await;
    again.expect_problem(409, "identity.mfa_already_on");
}

#[tokio::test]
async fn a_wrong_code_turns_nothing_on() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    confirm(&cloud, &user, "123456").await.expect_problem(409, "identity.mfa_not_pending");
    let enrolled = enrol(&cloud, &user, PASSWORD).await.expect(200);
    let app = Authenticator::new(enrolled["secret"].as_str().unwrap());
    let wrong = app.wrong_code(Timestamp::now());
    confirm(&cloud, &user, &wrong).await.expect_problem(403, "identity.mfa_code_wrong");
    let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await.expect(200);
    assert_eq!(me["mfaEnabled"], false);
}

#[tokio::test]
async fn what_is_no_code_is_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = confirm(&cloud, &user, "12345").await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "code");
}
