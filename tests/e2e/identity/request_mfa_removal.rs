//! `POST /v1/users/{id}/mfa-removal`

use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

use super::mailed::mail_about;
use super::mfa_removal_support::{SCHEDULED, request, secured, send};
use super::mfa_support::verify;

#[tokio::test]
async fn a_removal_waits_for_three_days_and_the_user_is_told() {
    let cloud = Cloud::connect().await;
    let (admin, secured) = (cloud.admin().await, secured(&cloud).await);
    let requested = request(&cloud, &admin, &secured.user.id).await.expect(200);
    let removal = &requested["mfaRemoval"];
    assert_eq!((&removal["reason"], &removal["requestedBy"]), (&json!("ticket 4711"), &json!(admin.id)));
    let effect: Timestamp = removal["takesEffectAt"].as_str().unwrap().parse().unwrap();
    let hours = effect.duration_since(Timestamp::now()).as_hours();
    assert!((71..=72).contains(&hours), "{hours}");
    request(&cloud, &admin, &secured.user.id).await.expect_problem(409, "identity.mfa_removal_pending");
    let mail = mail_about(&cloud, &secured.user.email, SCHEDULED, 1).await;
    assert!(mail.text.contains("/cancel-mfa-removal?token="), "{}", mail.text);
    eventually("an inbox message", async || {
        let inbox = cloud.get("/v1/notifications").bearer(&secured.user.access_token).send().await.expect(200);
        inbox["items"].as_array()?.iter().any(|item| item["kind"] == "mfa_removal_scheduled").then_some(())
    })
    .await;
    // The factor is still required. A sign-in with it shows that it is not lost.
    let signed_in = verify(&cloud, &secured.challenge(&cloud).await, &secured.fresh_code()).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    send(&cloud, &admin, "DELETE", &secured.user.id, "").await.expect_problem(404, "identity.no_such_mfa_removal");
    mail_about(&cloud, &secured.user.email, "Two-step verification stays on", 1).await;
}

#[tokio::test]
async fn it_is_for_admins_and_for_users_with_a_verified_address_and_a_factor() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    request(&cloud, &user, &user.id).await.expect_problem(403, "auth.forbidden");
    let path = format!("/v1/users/{}/mfa-removal", user.id);
    let nobody = cloud.post(&path).json(&json!({ "reason": "ticket 4711" })).send().await;
    nobody.expect_problem(401, "auth.token_missing");
    request(&cloud, &admin, &user.id).await.expect_problem(409, "identity.mfa_off");
    request(&cloud, &admin, &admin.id).await.expect_problem(409, "identity.own_account");
    request(&cloud, &admin, &Uuid::now_v7().to_string()).await.expect_problem(404, "identity.no_such_user");
    let unverified = super::mfa_support::Secured::sign_up(&cloud).await;
    let refused = request(&cloud, &admin, &unverified.user.id).await;
    refused.expect_problem(409, "identity.mfa_removal_unverified");
    for (body, field) in
        [(json!({ "reason": " " }), "reason"), (json!({ "reason": "x", "takesEffectAt": null }), "takesEffectAt")]
    {
        let reply = cloud.post(&path).bearer(&admin.access_token).json(&body).send().await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
}
