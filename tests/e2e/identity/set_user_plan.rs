//! Covers `PUT /v1/users/{id}/plan`.

use serde_json::json;
use tests::{Cloud, PASSWORD};

#[tokio::test]
async fn a_larger_plan_has_room_for_devices_and_a_smaller_one_ends_the_oldest() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let path = format!("/v1/users/{}/plan", user.id);
    let call = |plan| cloud.call("PUT", &path).bearer(&admin.access_token).json(&json!({ "plan": plan })).send();
    let raised = call("premium").await;
    raised.expect_calls("identity-set-user-plan", "changed");
    assert_eq!(raised.expect(200)["plan"], "premium");
    let credentials = json!({ "email": user.email, "password": PASSWORD });
    for _ in 0..2 {
        assert_eq!(cloud.post("/v1/auth/login").json(&credentials).send().await.status, 200);
    }
    assert_eq!(cloud.sessions(&user.id).await.len(), 3);
    let lowered = call("free").await.expect(200);
    assert_eq!((lowered["plan"].as_str(), lowered["version"].as_u64()), (Some("free"), Some(5)));
    assert_eq!(cloud.sessions(&user.id).await.len(), 1);
}

#[tokio::test]
async fn plans_that_do_not_exist_are_refused() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let call = |id: &str, body| {
        cloud.call("PUT", &format!("/v1/users/{id}/plan")).bearer(&admin.access_token).json(&body).send()
    };
    let reply = call(&user.id, json!({ "plan": "gold" })).await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "plan");
    let nobody = call("019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d", json!({ "plan": "free" })).await;
    nobody.expect_problem(404, "identity.no_such_user");
    let path = format!("/v1/users/{}/plan", user.id);
    let stale = cloud.call("PUT", &path).bearer(&admin.access_token).header("if-match", "\"7\"");
    stale.json(&json!({ "plan": "family" })).send().await.expect_problem(412, "request.version_changed");
}
