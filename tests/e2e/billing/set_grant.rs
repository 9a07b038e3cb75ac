//! `PUT /v1/billing/users/{id}/grant`

use serde_json::json;
use tests::{Cloud, PASSWORD, eventually};

use super::support::{NOBODY, call, grant, refuses_others, set_plan};

#[tokio::test]
async fn a_granted_plan_limits_devices_above_the_plan_of_the_account() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    // Consumers know limits by the code of a plan.
    set_plan(&cloud, &admin, "premium").await;
    let path = format!("/v1/users/{}/plan", user.id);
    assert_eq!(call(&cloud, "PUT", &path, &admin, Some(&json!({ "plan": "free" }))).await.status, 200);
    let granted = grant(&cloud, &admin, &user, "premium", 3_600).await.expect(200);
    assert_eq!((&granted["grant"]["plan"], &granted["billing"]["source"]), (&json!("premium"), &json!("grant")));
    eventually("identity to know the plan", async || {
        let shown = call(&cloud, "GET", &format!("/v1/users/{}", user.id), &admin, None).await.expect(200);
        (shown["plan"] == "premium" && shown["accountPlan"] == "free").then_some(())
    })
    .await;
    let credentials = json!({ "email": user.email, "password": PASSWORD });
    for _ in 0..2 {
        assert_eq!(cloud.post("/v1/auth/login").json(&credentials).send().await.status, 200);
    }
    assert_eq!(cloud.sessions(&user.id).await.len(), 3);
}

#[tokio::test]
async fn grants_that_do_not_fit_are_refused_with_their_field() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    set_plan(&cloud, &admin, "premium").await;
    for (plan, seconds, field) in [("e2e-unknown", 60, "plan"), ("premium", -60, "until")] {
        let refused = grant(&cloud, &admin, &user, plan, seconds).await;
        refused.expect_problem(422, "request.invalid");
        assert_eq!(refused.body["errors"][0]["field"], field);
    }
    let body = json!({ "plan": "premium", "until": "2029-03-14T00:00:00Z" });
    let nobody = format!("/v1/billing/users/{NOBODY}/grant");
    call(&cloud, "PUT", &nobody, &admin, Some(&body)).await.expect_problem(404, "billing.no_such_user");
    refuses_others(&cloud, "PUT", &format!("/v1/billing/users/{}/grant", user.id), Some(&body)).await;
}
