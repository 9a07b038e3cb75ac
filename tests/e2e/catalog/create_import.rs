//! `POST /v1/commerce/imports`

use serde_json::json;
use tests::Cloud;

use super::support::request_import;

#[tokio::test]
async fn a_form_comes_with_the_import_and_the_same_request_gets_another_one() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let first = request_import(&cloud, &manager, "a", "csv").await;
    assert_eq!(first.header("location"), format!("/v1/commerce/imports/{}", first.body["id"].as_str().unwrap()));
    let first = first.expect(201);
    assert_eq!(
        (&first["status"], &first["format"], &first["percent"]),
        (&json!("requested"), &json!("csv"), &json!(0))
    );
    let again = request_import(&cloud, &manager, "a", "csv").await.expect(201);
    assert_eq!(again["id"], first["id"]);
    // The form takes what it says, and nothing else.
    let send = async |changes: &[(&str, &str)], file: &[u8]| cloud.send_form(&again["upload"], changes, file).await;
    let key = again["upload"]["fields"]["key"].as_str().unwrap();
    assert_eq!(send(&[("key", &key.replace(".upload", ""))], b"x").await, 403);
    assert_eq!(send(&[("Content-Type", "text/html")], b"x").await, 403);
    assert_eq!(send(&[], b"").await, 400);
    request_import(&cloud, &manager, "a", "json_lines").await.expect_problem(422, "request.idempotency_key_reused");
    request_import(&cloud, &manager, "b", "csv").await.expect_problem(409, "catalog.import_running");
    // The key is the caller's own.
    let other = cloud.manager().await;
    assert_ne!(request_import(&cloud, &other, "a", "csv").await.expect(201)["id"], first["id"]);
}

#[tokio::test]
async fn only_managers_and_admins_import() {
    let cloud = Cloud::connect().await;
    let (stranger, manager) = (cloud.sign_up().await, cloud.manager().await);
    request_import(&cloud, &stranger, "a", "csv").await.expect_problem(403, "auth.forbidden");
    request_import(&cloud, &manager, "a", "xlsx").await.expect_problem(422, "request.invalid");
    let nobody = cloud.post("/v1/commerce/imports").header("idempotency-key", "a").json(&json!({ "format": "csv" }));
    nobody.send().await.expect_problem(401, "auth.token_missing");
    let without_key = cloud.post("/v1/commerce/imports").bearer(&manager.access_token);
    let without_key = without_key.json(&json!({ "format": "csv" })).send().await;
    without_key.expect_problem(400, "request.idempotency_key_missing");
}
