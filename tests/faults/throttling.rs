//! A table that asks for fewer requests.

use serde_json::json;
use tests::{Cloud, PASSWORD};

#[tokio::test]
async fn a_throttled_write_is_answered_by_503_and_leaves_nothing() {
    let cloud = Cloud::connect_for_faults().await;
    let email = cloud.new_email();
    let body = json!({ "email": email, "password": PASSWORD, "name": "Ann" });
    for error in ["ThrottlingException", "ProvisionedThroughputExceededException"] {
        let fault = json!({
            "service": "dynamodb", "operation": "TransactWriteItems", "error": error, "count": 100, "keyPrefix": "identity#",
        });
        cloud.inject(&fault).await;
        let reply = cloud.post("/v1/auth/register").json(&body).send().await;
        reply.expect_problem(503, "service.unavailable");
        assert_eq!(reply.header("retry-after"), "1");
        assert!(!reply.body.to_string().contains("Throttl"), "internal text left: {}", reply.body);
        cloud.clear_faults().await;
    }
    // Nothing was half-written: the address is free, and there was no mail.
    let login = cloud.post("/v1/auth/login").json(&json!({ "email": email, "password": PASSWORD })).send().await;
    login.expect_problem(401, "identity.bad_credentials");
    assert!(cloud.mails(&email).await.is_empty());
    assert_eq!(cloud.post("/v1/auth/register").json(&body).send().await.status, 201);
}

#[tokio::test]
async fn a_throttled_read_is_answered_by_503() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    cloud
        .inject(&json!({ "service": "dynamodb", "operation": "GetItem", "error": "ThrottlingException", "count": 100 }))
        .await;
    let reply = cloud.get("/v1/users/me").bearer(&user.access_token).send().await;
    reply.expect_problem(503, "service.unavailable");
    cloud.get("/v1/health").send().await.expect_problem(503, "platform.table_unreachable");
    cloud.clear_faults().await;
    assert_eq!(cloud.get("/v1/users/me").bearer(&user.access_token).send().await.status, 200);
}
