//! `DELETE /v1/billing/products/{code}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, entry, refuses_others};

#[tokio::test]
async fn a_retired_product_stays_in_the_catalogue_and_can_be_offered_again() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let path = "/v1/billing/products/e2e-retired";
    let set = async || {
        assert_eq!(call(&cloud, "PUT", path, &admin, Some(&json!({ "name": "Retired" }))).await.status, 200);
    };
    set().await;
    for _ in 0..2 {
        assert_eq!(call(&cloud, "DELETE", path, &admin, None).await.status, 204);
    }
    assert_eq!(entry(&cloud, &admin, "products", "e2e-retired").await["retired"], true);
    set().await;
    assert_eq!(entry(&cloud, &admin, "products", "e2e-retired").await["retired"], false);
    let unknown = call(&cloud, "DELETE", "/v1/billing/products/e2e-unknown", &admin, None).await;
    unknown.expect_problem(404, "billing.no_such_product");
    refuses_others(&cloud, "DELETE", path, None).await;
}
