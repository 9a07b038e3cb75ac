//! What administration may ask of the table.

use identity::api::{create_api_key, list_api_keys, list_users};
use kit::http::endpoint;
use serde_json::json;

use crate::identity_support::{call, stage};
use crate::users::Administration;

/// Calls and units in a `Server-Timing` header.
fn used(timing: &str) -> String {
    timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
}

#[tokio::test]
async fn administration_keeps_to_its_budget() {
    let admin = Administration::start().await;
    let user = admin.deployment.sign_up("ann@example.com").await.body;
    let id = user["user"]["id"].as_str().unwrap();
    let directory = admin.deployment.directory(kit::Clock::System);
    let list = endpoint(list_users::list_users, directory, stage());
    let listed = |query: &'static str| {
        let (list, token) = (list.clone(), admin.token.clone());
        async move { used(&call(&list, "GET", query, Some(&token), None).await.server_timing) }
    };
    // Two round trips: the four partitions at once, eventually; then the accounts of the page, strongly.
    assert_eq!(listed("/v1/users").await, "calls=5 read=4 write=0");
    // A filter looks at up to a hundred accounts at once; here there are two.
    assert_eq!(listed("/v1/users?role=manager").await, "calls=5 read=4 write=0");

    let plan = json!({ "plan": "premium" });
    let roles = json!({ "roles": ["manager"] });
    // A change reads the admin's own account in the same call: they may have been suspended since their token was made.
    for (verb, body, budget) in [
        ("get", None, "calls=1 read=1 write=0"),
        ("plan", Some(&plan), "calls=2 read=2 write=2"),
        ("roles", Some(&roles), "calls=2 read=2 write=2"),
        ("suspend", None, "calls=2 read=2 write=2"),
        ("restore", None, "calls=2 read=2 write=2"),
    ] {
        let reply = admin.call(verb, id, None, body).await;
        assert_eq!((reply.status, used(&reply.server_timing).as_str()), (200, budget), "{verb}");
    }
}

#[tokio::test]
async fn api_keys_keep_to_their_budget() {
    let admin = Administration::start().await;
    let public = admin.deployment.public;
    let token = Some(admin.token.as_str());
    let body = json!({ "name": "shop", "scopes": ["users:read"] });
    let create = endpoint(create_api_key::create_api_key, public, stage());
    let made = call(&create, "POST", "/v1/api-keys", token, Some(&body)).await;
    // The admin's own account; the key and its place in the list.
    assert_eq!((made.status, used(&made.server_timing).as_str()), (201, "calls=2 read=1 write=2"));
    let listed =
        call(&endpoint(list_api_keys::list_api_keys, public, stage()), "GET", "/v1/api-keys", token, None).await;
    assert_eq!((listed.status, used(&listed.server_timing).as_str()), (200, "calls=1 read=0.5 write=0"));
    // The key itself is one read more than a token.
    let directory = admin.deployment.directory(kit::Clock::System);
    let headers = [("x-api-key", made.body["key"].as_str().unwrap())];
    let request = testkit::request("GET", "/v1/users", &headers, None);
    let used_key: testkit::Reply = endpoint(list_users::list_users, directory, stage()).call(request).await.into();
    assert_eq!((used_key.status, used(&used_key.server_timing).as_str()), (200, "calls=6 read=4 write=0"));
    let id = made.body["id"].as_str().unwrap();
    let deleted = admin.call("delete-key", id, None, None).await;
    assert_eq!((deleted.status, used(&deleted.server_timing).as_str()), (204, "calls=3 read=2 write=2"));
}
