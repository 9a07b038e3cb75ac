//! `DELETE /v1/users/me/mfa-removal`

use tests::Cloud;

use super::mfa_removal_support::{request, secured, send};

#[tokio::test]
async fn a_user_cancels_a_removal_with_a_session() {
    let cloud = Cloud::connect().await;
    let (admin, secured) = (cloud.admin().await, secured(&cloud).await);
    let cancel =
        async || cloud.call("DELETE", "/v1/users/me/mfa-removal").bearer(&secured.user.access_token).send().await;
    cancel().await.expect_problem(404, "identity.no_such_mfa_removal");
    assert_eq!(request(&cloud, &admin, &secured.user.id).await.status, 200);
    assert_eq!(cancel().await.status, 204);
    send(&cloud, &admin, "DELETE", &secured.user.id, "").await.expect_problem(404, "identity.no_such_mfa_removal");
    let nobody = cloud.call("DELETE", "/v1/users/me/mfa-removal").send().await;
    nobody.expect_problem(401, "auth.token_missing");
}
