//! `DELETE /v1/billing/coupons/{code}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, refuses_others};

#[tokio::test]
async fn a_retired_coupon_keeps_its_code() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let path = "/v1/billing/coupons/e2e-retired";
    let terms = json!({ "discount": { "kind": "fraction", "rate": 250_000 } });
    assert_eq!(call(&cloud, "PUT", path, &admin, Some(&terms)).await.status, 200);
    for _ in 0..2 {
        assert_eq!(call(&cloud, "DELETE", path, &admin, None).await.status, 204);
    }
    let again = call(&cloud, "PUT", path, &admin, Some(&terms)).await.expect(200);
    assert!(again["retiredAt"].is_string(), "{again}");
    let unknown = call(&cloud, "DELETE", "/v1/billing/coupons/e2e-unknown", &admin, None).await;
    unknown.expect_problem(404, "billing.no_such_coupon");
    refuses_others(&cloud, "DELETE", path, None).await;
}
