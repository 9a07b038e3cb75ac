//! `PUT /v1/billing/plans/{code}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, entry, plan, refuses_others, set_plan};

const PATH: &str = "/v1/billing/plans/e2e-set";

#[tokio::test]
async fn a_plan_of_a_product_is_created_and_replaced() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let set = set_plan(&cloud, &admin, "e2e-set").await;
    assert_eq!((&set["product"], &set["rank"], &set["retired"]), (&json!("e2e"), &json!(20), &json!(false)));
    let renamed = call(&cloud, "PUT", PATH, &admin, Some(&plan("Renamed"))).await.expect(200);
    assert_eq!(entry(&cloud, &admin, "plans", "e2e-set").await, renamed);
    let mut wrong = plan("Plan");
    wrong["product"] = json!("e2e-unknown");
    let refused = call(&cloud, "PUT", PATH, &admin, Some(&wrong)).await;
    refused.expect_problem(422, "request.invalid");
    assert_eq!(refused.body["errors"][0]["field"], "product");
    refuses_others(&cloud, "PUT", PATH, Some(&plan("Plan"))).await;
}
