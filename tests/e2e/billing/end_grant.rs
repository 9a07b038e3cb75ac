//! `DELETE /v1/billing/users/{id}/grant`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{NOBODY, call, grant, refuses_others, set_plan};

#[tokio::test]
async fn the_end_of_a_grant_leaves_the_plan_of_the_account() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    set_plan(&cloud, &admin, "premium").await;
    assert_eq!(grant(&cloud, &admin, &user, "premium", 3_600).await.status, 200);
    let path = format!("/v1/billing/users/{}/grant", user.id);
    for _ in 0..2 {
        assert_eq!(call(&cloud, "DELETE", &path, &admin, None).await.status, 204);
    }
    assert_eq!(call(&cloud, "GET", "/v1/billing", &user, None).await.expect(200)["plan"], json!(null));
    eventually("identity to know that it has ended", async || {
        let shown = call(&cloud, "GET", &format!("/v1/users/{}", user.id), &admin, None).await.expect(200);
        (shown["plan"] == shown["accountPlan"]).then_some(())
    })
    .await;
    let nobody = format!("/v1/billing/users/{NOBODY}/grant");
    call(&cloud, "DELETE", &nobody, &admin, None).await.expect_problem(404, "billing.no_such_user");
    refuses_others(&cloud, "DELETE", &path, None).await;
}
