//! `DELETE /v1/users/{id}/mfa-removal`

use tests::Cloud;

use super::mailed::mail_about;
use super::mfa_removal_support::{request, secured, send};

#[tokio::test]
async fn an_admin_cancels_a_removal() {
    let cloud = Cloud::connect().await;
    let (admin, secured) = (cloud.admin().await, secured(&cloud).await);
    assert_eq!(request(&cloud, &admin, &secured.user.id).await.status, 200);
    let stranger = cloud.sign_up().await;
    send(&cloud, &stranger, "DELETE", &secured.user.id, "").await.expect_problem(403, "auth.forbidden");
    let path = format!("/v1/users/{}/mfa-removal", secured.user.id);
    cloud.call("DELETE", &path).send().await.expect_problem(401, "auth.token_missing");
    assert_eq!(send(&cloud, &admin, "DELETE", &secured.user.id, "").await.status, 204);
    send(&cloud, &admin, "DELETE", &secured.user.id, "").await.expect_problem(404, "identity.no_such_mfa_removal");
    mail_about(&cloud, &secured.user.email, "Two-step verification stays on", 1).await;
}
