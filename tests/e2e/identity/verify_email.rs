//! `POST /v1/auth/verify-email`

use serde_json::json;
use tests::Cloud;

use super::mailed::{CONFIRM, RESET, forgot, token, verify};

#[tokio::test]
async fn the_mailed_link_proves_the_address() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let token = token(&cloud, &user.email, CONFIRM, 1).await;
    let verified = async || {
        let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await.expect(200);
        me["emailVerified"].as_bool().unwrap()
    };
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
