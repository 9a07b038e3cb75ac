//! `PUT /v1/billing/coupons/{code}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, refuses_others};

const PATH: &str = "/v1/billing/coupons/e2e-spring";

#[tokio::test]
async fn a_coupon_is_created_once_and_its_terms_never_change() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let terms = json!({ "discount": { "kind": "fixed", "amountMinor": 500, "currency": "EUR" }, "periods": 3 });
    let created = call(&cloud, "PUT", PATH, &admin, Some(&terms)).await.expect(200);
    assert_eq!((&created["discount"], &created["maxPerUser"]), (&terms["discount"], &json!(1)));
    assert_eq!(call(&cloud, "PUT", PATH, &admin, Some(&terms)).await.expect(200), created);
    let other = json!({ "discount": { "kind": "fraction", "rate": 1 } });
    call(&cloud, "PUT", PATH, &admin, Some(&other)).await.expect_problem(409, "billing.code_taken");
    let wrong = json!({ "discount": { "kind": "fraction", "rate": 1 }, "plans": ["e2e-unknown"] });
    let refused = call(&cloud, "PUT", "/v1/billing/coupons/e2e-wrong", &admin, Some(&wrong)).await;
    refused.expect_problem(422, "request.invalid");
    assert_eq!(refused.body["errors"][0]["field"], "plans");
    refuses_others(&cloud, "PUT", PATH, Some(&terms)).await;
}
