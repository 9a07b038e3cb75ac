//! `POST /v1/users/{id}/mfa-removal/confirm`

use tests::Cloud;

use super::mailed::mail_about;
use super::mfa_removal_support::{SCHEDULED, request, second_admin, secured, send, set_roles};

#[tokio::test]
async fn the_factor_of_an_admin_needs_a_second_admin() {
    let cloud = Cloud::connect().await;
    let (admin, second, secured) = (cloud.admin().await, second_admin(&cloud).await, secured(&cloud).await);
    send(&cloud, &second, "POST", &secured.user.id, "/confirm")
        .await
        .expect_problem(404, "identity.no_such_mfa_removal");
    set_roles(&cloud, &secured.user, &["admin"]).await;
    let requested = request(&cloud, &admin, &secured.user.id).await.expect(200);
    assert!(requested["mfaRemoval"]["takesEffectAt"].is_null(), "{requested}");
    let same = send(&cloud, &admin, "POST", &secured.user.id, "/confirm").await;
    same.expect_problem(409, "identity.second_admin_required");
    for _ in 0..2 {
        let confirmed = send(&cloud, &second, "POST", &secured.user.id, "/confirm").await.expect(200);
        assert_eq!(confirmed["mfaRemoval"]["confirmedBy"], second.id.as_str());
        assert!(confirmed["mfaRemoval"]["takesEffectAt"].is_string());
    }
    mail_about(&cloud, &secured.user.email, SCHEDULED, 1).await;
    let user = cloud.sign_up().await;
    send(&cloud, &user, "POST", &secured.user.id, "/confirm").await.expect_problem(403, "auth.forbidden");
    let path = format!("/v1/users/{}/mfa-removal/confirm", secured.user.id);
    cloud.post(&path).send().await.expect_problem(401, "auth.token_missing");
}
