//! `GET /v1/billing/coupons`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, refuses_others};

#[tokio::test]
async fn admins_list_coupons() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let terms = json!({ "discount": { "kind": "fraction", "rate": 250_000 } });
    let path = "/v1/billing/coupons/e2e-listed";
    let created = call(&cloud, "PUT", path, &admin, Some(&terms)).await.expect(200);
    eventually("the coupon in the list", async || {
        let listed = call(&cloud, "GET", "/v1/billing/coupons?limit=100", &admin, None).await.expect(200);
        listed["items"].as_array().unwrap().contains(&created).then_some(())
    })
    .await;
    refuses_others(&cloud, "GET", "/v1/billing/coupons", None).await;
}
