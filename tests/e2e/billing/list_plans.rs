//! `GET /v1/plans`

use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

use super::support::{publish, set_plan};

#[tokio::test]
async fn everybody_sees_the_plans_that_are_offered() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    set_plan(&cloud, &admin, "e2e-offered").await;
    let key = Uuid::now_v7().to_string();
    let price = publish(&cloud, &admin, "e2e-offered", "e2e-offered", 1_999, &key).await.expect(201);
    let shown = eventually("the plan with its price", async || {
        let shown = cloud.get("/v1/plans").send().await;
        let plans = shown.body["items"].as_array().unwrap();
        let plan = plans.iter().find(|plan| plan["code"] == "e2e-offered");
        let is_new = plan.is_some_and(|plan| plan["prices"][0]["id"] == price["id"]);
        is_new.then_some(shown)
    })
    .await;
    assert_eq!(shown.header("cache-control"), "public, max-age=60");
    let plans = shown.body["items"].as_array().unwrap();
    let plan = plans.iter().find(|plan| plan["code"] == "e2e-offered").unwrap();
    assert_eq!((&plan["product"], &plan["productName"]), (&json!("e2e"), &json!("End to end")));
    assert_eq!(plan["prices"][0]["amountMinor"], 1_999);
    // Other tests change the catalogue, so the tag may be that of an earlier one.
    eventually("the current version to be known", async || {
        let current = cloud.get("/v1/plans").send().await;
        let known = cloud.get("/v1/plans").header("if-none-match", current.header("etag")).send().await;
        (known.status == 304).then_some(())
    })
    .await;
}
