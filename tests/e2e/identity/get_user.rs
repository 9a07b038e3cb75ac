//! Covers `GET /v1/users/{id}`.

use serde_json::json;
use tests::Cloud;

#[tokio::test]
async fn an_admin_sees_any_account() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let reply = cloud.get(&format!("/v1/users/{}", user.id)).bearer(&admin.access_token).send().await;
    assert_eq!(reply.header("etag"), "\"1\"");
    reply.expect_calls("identity-get-user", "some account");
    let shown = reply.expect(200);
    assert_eq!((shown["id"].as_str(), shown["email"].as_str()), (Some(user.id.as_str()), Some(user.email.as_str())));
    assert_eq!((&shown["version"], &shown["status"], &shown["roles"]), (&json!(1), &json!("active"), &json!(["user"])));
    assert!(shown["lastSeenAt"].is_string());
    assert!(!shown.to_string().contains("argon2"), "no hash leaves");
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_not_found() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let call = |path: &'static str| cloud.get(path).bearer(&admin.access_token).send();
    call("/v1/users/019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d").await.expect_problem(404, "identity.no_such_user");
    call("/v1/users/nobody").await.expect_problem(404, "request.no_such_path");
}
