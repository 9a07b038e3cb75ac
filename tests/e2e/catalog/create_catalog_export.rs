//! `POST /v1/commerce/exports`

use serde_json::json;
use tests::Cloud;

use super::support::request_export;

#[tokio::test]
async fn an_export_is_requested_once_per_key() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let first = request_export(&cloud, &manager, "a", "csv").await;
    assert_eq!(first.header("location"), format!("/v1/commerce/exports/{}", first.body["id"].as_str().unwrap()));
    let first = first.expect(202);
    assert_eq!(request_export(&cloud, &manager, "a", "csv").await.expect(202)["id"], first["id"]);
    request_export(&cloud, &manager, "a", "json_lines").await.expect_problem(422, "request.idempotency_key_reused");
    let other = cloud.manager().await;
    assert_ne!(request_export(&cloud, &other, "a", "csv").await.expect(202)["id"], first["id"]);
}

#[tokio::test]
async fn only_managers_and_admins_export() {
    let cloud = Cloud::connect().await;
    let stranger = cloud.sign_up().await;
    request_export(&cloud, &stranger, "a", "csv").await.expect_problem(403, "auth.forbidden");
    let nobody = cloud.post("/v1/commerce/exports").header("idempotency-key", "a").json(&json!({ "format": "csv" }));
    nobody.send().await.expect_problem(401, "auth.token_missing");
}
