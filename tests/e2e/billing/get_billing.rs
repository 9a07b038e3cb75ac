//! `GET /v1/billing`

use serde_json::json;
use tests::Cloud;

use super::support::{call, grant, set_plan};

#[tokio::test]
async fn users_see_their_plan_and_what_it_comes_from() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let none = call(&cloud, "GET", "/v1/billing", &user, None).await.expect(200);
    let expected = json!({
        "plan": null, "source": "none", "until": null, "nextEvaluationAt": null, "subscriptions": [],
    });
    assert_eq!(none, expected);
    set_plan(&cloud, &admin, "e2e-plan").await;
    let granted = grant(&cloud, &admin, &user, "e2e-plan", 3_600).await.expect(200);
    let mine = call(&cloud, "GET", "/v1/billing", &user, None).await.expect(200);
    assert_eq!(mine, granted["billing"]);
    assert_eq!((&mine["plan"], &mine["until"]), (&json!("e2e-plan"), &granted["grant"]["until"]));
    cloud.get("/v1/billing").send().await.expect_problem(401, "auth.token_missing");
}
