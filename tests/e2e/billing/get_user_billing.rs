//! `GET /v1/billing/users/{id}`

use serde_json::json;
use tests::Cloud;

use super::support::{NOBODY, call, grant, refuses_others, set_plan};

#[tokio::test]
async fn admins_see_the_grant_of_a_user() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let path = format!("/v1/billing/users/{}", user.id);
    let none = call(&cloud, "GET", &path, &admin, None).await.expect(200);
    assert_eq!((&none["userId"], &none["grant"]), (&json!(user.id), &json!(null)));
    set_plan(&cloud, &admin, "e2e-plan").await;
    let granted = grant(&cloud, &admin, &user, "e2e-plan", 3_600).await.expect(200);
    assert_eq!(call(&cloud, "GET", &path, &admin, None).await.expect(200), granted);
    let nobody = format!("/v1/billing/users/{NOBODY}");
    call(&cloud, "GET", &nobody, &admin, None).await.expect_problem(404, "billing.no_such_user");
    refuses_others(&cloud, "GET", &path, None).await;
}
