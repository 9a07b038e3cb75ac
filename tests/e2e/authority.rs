//! Every guarded endpoint refuses those whom it must. The list may only grow: `cargo xtask tidy` compares it with the API.

use serde_json::json;
use tests::{Call, Cloud, User};

/// Every route that needs a caller.
const GUARDED: &[&str] = &[
    "DELETE /v1/api-keys/{id}",
    "GET /v1/api-keys",
    "GET /v1/users",
    "GET /v1/users/me",
    "GET /v1/users/{id}",
    "POST /v1/api-keys",
    "POST /v1/users/{id}/restore",
    "POST /v1/users/{id}/suspend",
    "PUT /v1/users/{id}/plan",
    "PUT /v1/users/{id}/roles",
];

/// Those of them that need the role admin.
const ADMIN_ONLY: &[&str] = &[
    "DELETE /v1/api-keys/{id}",
    "GET /v1/api-keys",
    "GET /v1/users",
    "GET /v1/users/{id}",
    "POST /v1/api-keys",
    "POST /v1/users/{id}/restore",
    "POST /v1/users/{id}/suspend",
    "PUT /v1/users/{id}/plan",
    "PUT /v1/users/{id}/roles",
];

/// A request to a route, with somebody's own id in its path.
fn start(cloud: &Cloud, route: &str, user: &User) -> Call {
    let (method, path) = route.split_once(' ').unwrap();
    let call = cloud.call(method, &path.replace("{id}", &user.id));
    if matches!(method, "POST" | "PUT" | "PATCH") { call.json(&json!({})) } else { call }
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_or_with_a_forged_one() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for route in GUARDED {
        let call = || start(&cloud, route, &user);
        call().send().await.expect_problem(401, "auth.token_missing");
        for (what, token) in forgeries(&user.access_token) {
            let reply = call().bearer(&token).send().await;
            assert_eq!(
                (reply.status, reply.body["code"].as_str()),
                (401, Some("auth.token_invalid")),
                "{route} with {what}"
            );
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
    }
}

#[tokio::test]
async fn who_is_no_admin_is_refused_before_anything_else_is_looked_at() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let manager = cloud.sign_up().await;
    let admin = cloud.admin().await;
    let path = format!("/v1/users/{}/roles", manager.id);
    let roles = json!({ "roles": ["manager"] });
    assert_eq!(cloud.call("PUT", &path).bearer(&admin.access_token).json(&roles).send().await.status, 200);
    let credentials = json!({ "email": manager.email, "password": tests::PASSWORD });
    let manager = User::read(&cloud.post("/v1/auth/login").json(&credentials).send().await.expect(200));
    for route in ADMIN_ONLY {
        for caller in [&user, &manager] {
            let reply = start(&cloud, route, caller).bearer(&caller.access_token).send().await;
            assert_eq!((reply.status, reply.body["code"].as_str()), (403, Some("auth.forbidden")), "{route}");
        }
    }
}

/// Tokens that look like a good one.
fn forgeries(token: &str) -> Vec<(&'static str, String)> {
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    vec![
        ("no signature", format!("{header}.{claims}.")),
        // {"alg":"none","typ":"JWT"}
        ("algorithm none", format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.")),
        ("another signature", format!("{header}.{claims}.{flipped}{}", &signature[1..])),
        ("no token at all", "x".to_owned()),
    ]
}
