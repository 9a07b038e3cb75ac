//! `POST /v1/auth/verify-email`

use serde_json::json;
use tests::Cloud;

use super::mailed::{CONFIRM, RESET, forgot, sign_in, token, verify};

#[tokio::test]
async fn the_mailed_link_verifies_the_address_for_a_user_who_knows_the_password() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let token = token(&cloud, &user.email, CONFIRM, 1).await;
    let verified = async || {
        let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await.expect(200);
        me["emailVerified"].as_bool().unwrap()
    };
    assert!(!verified().await);
    let alone = cloud.post("/v1/auth/verify-email").json(&json!({ "token": token })).send().await;
    alone.expect_problem(403, "identity.password_required");
    assert!(!verified().await);
    let reply = verify(&cloud, &token).await;
    reply.expect_calls("identity-verify-email", "proven");
    assert_eq!(reply.expect(204), "");
    assert!(verified().await);
    // Mail programs follow links ahead of their readers: the second time is no mistake, and writes nothing.
    let again = verify(&cloud, &token).await;
    again.expect_calls("identity-verify-email", "proven before");
    assert_eq!(again.expect(204), "");
}

#[tokio::test]
async fn what_we_did_not_send_for_this_is_refused() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let good = token(&cloud, &user.email, CONFIRM, 1).await;
    forgot(&cloud, &user.email).await;
    let for_reset = token(&cloud, &user.email, RESET, 1).await;
    let last = if good.ends_with('A') { "B" } else { "A" };
    let forged = format!("{}{last}{}", &good[..30], &good[31..]);
    for bad in ["", "x", &good[..good.len() - 4], &forged, &for_reset] {
        verify(&cloud, bad).await.expect_problem(422, "identity.link_invalid");
    }
    assert_eq!(verify(&cloud, &good).await.status, 204);
}

#[tokio::test]
async fn a_body_without_a_token_or_with_more_is_refused() {
    let cloud = Cloud::connect().await;
    for (body, field) in [(json!({}), "token"), (json!({ "token": "x", "userId": "y" }), "userId")] {
        let reply = cloud.post("/v1/auth/verify-email").json(&body).send().await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
}

#[tokio::test]
async fn a_signed_in_device_needs_no_password_and_a_forged_token_is_refused() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let token = token(&cloud, &user.email, CONFIRM, 1).await;
    let verify = |bearer: &str| cloud.post("/v1/auth/verify-email").bearer(bearer).json(&json!({ "token": token }));
    verify("forged").send().await.expect_problem(401, "auth.token_invalid");
    let reply = verify(&user.access_token).send().await;
    reply.expect_calls("identity-verify-email", "proven");
    assert_eq!(reply.status, 204, "{}", reply.body);
}

#[tokio::test]
async fn the_mailbox_owner_takes_over_an_account_that_another_person_registered() {
    const NEW: &str = "seven green lanterns over water";
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let token = token(&cloud, &user.email, CONFIRM, 1).await;
    let body = json!({ "token": token, "newPassword": NEW });
    let reply = cloud.post("/v1/auth/verify-email").json(&body).send().await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await;
    me.expect_problem(401, "auth.session_ended");
    sign_in(&cloud, &user.email, tests::PASSWORD).await.expect_problem(401, "identity.bad_credentials");
    let signed_in = sign_in(&cloud, &user.email, NEW).await.expect(200);
    assert_eq!(signed_in["user"]["emailVerified"], true);
}
