//! Covers `POST /v1/users/{id}/suspend` and `POST /v1/users/{id}/restore`.

use serde_json::json;
use tests::{Cloud, PASSWORD, User};

#[tokio::test]
async fn a_suspended_account_is_closed_until_it_is_restored() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let call = |verb: &str| cloud.post(&format!("/v1/users/{}/{verb}", user.id)).bearer(&admin.access_token).send();
    let credentials = json!({ "email": user.email, "password": PASSWORD });
    let suspended = call("suspend").await;
    suspended.expect_calls("identity-suspend-user", "suspended");
    let shown = suspended.expect(200);
    assert_eq!((shown["status"].as_str(), &shown["lastSeenAt"]), (Some("suspended"), &json!(null)));
    assert!(cloud.sessions(&user.id).await.is_empty());
    cloud.post("/v1/auth/login").json(&credentials).send().await.expect_problem(403, "auth.suspended");
    // Once more changes nothing, and the events of the first time are not told again.
    assert_eq!(call("suspend").await.expect(200)["version"], shown["version"]);

    assert_eq!(call("restore").await.expect(200)["status"], "active");
    assert_eq!(cloud.post("/v1/auth/login").json(&credentials).send().await.status, 200);
    let active = cloud.get(&format!("/v1/users/{}", user.id)).bearer(&admin.access_token).send().await.expect(200);
    assert_eq!(call("restore").await.expect(200)["version"], active["version"]);
}

#[tokio::test]
async fn nobody_suspends_themselves_or_nobody() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let call = |id: &str, verb: &str| cloud.post(&format!("/v1/users/{id}/{verb}")).bearer(&admin.access_token);
    call(&admin.id, "suspend").send().await.expect_problem(409, "identity.own_account");
    for verb in ["suspend", "restore"] {
        let nobody = call("019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d", verb).send().await;
        nobody.expect_problem(404, "identity.no_such_user");
        let stale = call(&user.id, verb).header("if-match", "\"7\"").send().await;
        stale.expect_problem(412, "request.version_changed");
    }
}

#[tokio::test]
async fn a_suspended_admin_s_token_changes_nothing_any_more() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let own = |verb: &str| format!("/v1/users/{}/{verb}", user.id);
    let roles = json!({ "roles": ["admin"] });
    let promoted = cloud.call("PUT", &own("roles")).bearer(&admin.access_token).json(&roles).send().await;
    assert_eq!(promoted.status, 200, "{}", promoted.body);
    let credentials = json!({ "email": user.email, "password": PASSWORD });
    let second = User::read(&cloud.post("/v1/auth/login").json(&credentials).send().await.expect(200));
    assert_eq!(cloud.post(&own("suspend")).bearer(&admin.access_token).send().await.status, 200);
    let (key, plan) = (json!({ "name": "k", "scopes": ["users:read"] }), json!({ "plan": "family" }));
    for (method, path, body) in [
        ("POST", own("restore"), None),
        ("POST", format!("/v1/users/{}/suspend", admin.id), None),
        ("PUT", own("roles"), Some(&roles)),
        ("PUT", own("plan"), Some(&plan)),
        ("POST", "/v1/api-keys".to_owned(), Some(&key)),
        ("DELETE", format!("/v1/api-keys/{}", user.id), None),
    ] {
        let call = cloud.call(method, &path).bearer(&second.access_token);
        let reply = if let Some(body) = body { call.json(body) } else { call }.send().await;
        assert_eq!((reply.status, reply.body["code"].as_str()), (403, Some("auth.suspended")), "{method} {path}");
    }
}
