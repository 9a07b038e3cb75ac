//! `PUT /v1/billing/products/{code}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, entry, refuses_others};

const PATH: &str = "/v1/billing/products/e2e-product";

#[tokio::test]
async fn a_product_is_created_and_replaced() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    for name in ["First", "Second"] {
        let set =
            call(&cloud, "PUT", PATH, &admin, Some(&json!({ "name": name, "taxClass": "reduced" }))).await.expect(200);
        assert_eq!(set, json!({ "code": "e2e-product", "name": name, "taxClass": "reduced", "retired": false }));
    }
    assert_eq!(entry(&cloud, &admin, "products", "e2e-product").await["name"], "Second");
    let wrong = call(&cloud, "PUT", PATH, &admin, Some(&json!({ "name": "" }))).await;
    wrong.expect_problem(422, "request.invalid");
    let path = "/v1/billing/products/No-Code";
    let unknown = call(&cloud, "PUT", path, &admin, Some(&json!({ "name": "First" }))).await;
    unknown.expect_problem(404, "request.no_such_path");
    let stale = cloud.call("PUT", PATH).bearer(&admin.access_token).header("if-match", "\"1000000\"");
    stale.json(&json!({ "name": "Third" })).send().await.expect_problem(412, "request.version_changed");
    refuses_others(&cloud, "PUT", PATH, Some(&json!({ "name": "First" }))).await;
}
