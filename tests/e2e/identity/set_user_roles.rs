//! Covers `PUT /v1/users/{id}/roles`, and how the first admin comes to be.

use serde_json::json;
use tests::{Cloud, PASSWORD, User};

#[tokio::test]
async fn roles_are_in_the_next_token() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let path = format!("/v1/users/{}/roles", user.id);
    let call = |roles| cloud.call("PUT", &path).bearer(&admin.access_token).json(&json!({ "roles": roles })).send();
    let reply = call(json!(["admin", "admin"])).await;
    assert_eq!(reply.header("etag"), "\"2\"");
    reply.expect_calls("identity-set-user-roles", "changed");
    assert_eq!(reply.expect(200)["roles"], json!(["user", "admin"]));
    // The same once more changes nothing.
    assert_eq!(call(json!(["user", "admin"])).await.header("etag"), "\"2\"");

    let credentials = json!({ "email": user.email, "password": PASSWORD });
    let promoted = User::read(&cloud.post("/v1/auth/login").json(&credentials).send().await.expect(200));
    assert_eq!(cloud.get("/v1/users?limit=1").bearer(&promoted.access_token).send().await.status, 200);
    let own = cloud.call("PUT", &path).bearer(&promoted.access_token).json(&json!({ "roles": ["manager"] })).send();
    own.await.expect_problem(409, "identity.own_account");
    assert_eq!(call(json!([])).await.expect(200)["roles"], json!(["user"]));
}

#[tokio::test]
async fn who_has_seen_an_older_version_changes_nothing() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let path = format!("/v1/users/{}/roles", user.id);
    let call = |seen: &'static str, role| {
        let call = cloud.call("PUT", &path).bearer(&admin.access_token).header("if-match", seen);
        call.json(&json!({ "roles": [role] })).send()
    };
    assert_eq!(call("\"1\"", "manager").await.expect(200)["version"], 2);
    call("\"1\"", "admin").await.expect_problem(412, "request.version_changed");
    call("one", "admin").await.expect_problem(422, "request.invalid");
}

#[tokio::test]
async fn wrong_roles_and_unknown_accounts_are_refused() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let call = |id: &str, body| {
        cloud.call("PUT", &format!("/v1/users/{id}/roles")).bearer(&admin.access_token).json(&body).send()
    };
    let reply = call(&user.id, json!({ "roles": ["king"] })).await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "roles[0]");
    call(&user.id, json!({ "roles": [], "plan": "family" })).await.expect_problem(422, "request.invalid");
    let nobody = call("019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d", json!({ "roles": [] })).await;
    nobody.expect_problem(404, "identity.no_such_user");
}

#[tokio::test]
async fn the_first_admin_is_who_proved_the_address() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let me = cloud.get("/v1/users/me").bearer(&admin.access_token).send().await.expect(200);
    assert_eq!((&me["roles"], &me["emailVerified"]), (&json!(["user", "admin"]), &json!(true)));
    let path = format!("/v1/users/{}/roles", admin.id);
    let own = cloud.call("PUT", &path).bearer(&admin.access_token).json(&json!({ "roles": ["user"] })).send().await;
    own.expect_problem(409, "identity.own_account");
}
