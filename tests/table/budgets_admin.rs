//! What administration asks of the table. The figures are in `tests/budgets.json`; what is said here is why.

use identity::api::{create_api_key, list_api_keys, list_users};
use kit::http::endpoint;
use serde_json::json;
use tests::budget;

use crate::identity_support::{call, stage};
use crate::users::Administration;

#[tokio::test]
async fn administration_keeps_to_its_budget() {
    let admin = Administration::start().await;
    let user = admin.deployment.sign_up("ann@example.com").await.body;
    let id = user["user"]["id"].as_str().unwrap();
    let directory = admin.deployment.directory(kit::Clock::System);
    let list = endpoint(list_users::list_users, directory, stage());
    let listed = |query: &'static str| {
        let (list, token) = (list.clone(), admin.token.clone());
        async move { call(&list, "GET", query, Some(&token), None).await }
    };
    // Two round trips: the four partitions at once, eventually; then the accounts of the page, strongly.
    budget("identity-list-users", "first page", &listed("/v1/users").await);
    // A filter looks at up to a hundred accounts at once; here there are two.
    budget("identity-list-users", "filtered", &listed("/v1/users?role=manager").await);

    let plan = json!({ "plan": "premium" });
    let roles = json!({ "roles": ["manager"] });
    // A change reads the admin's own account in the same call: they may have been suspended since their token was made.
    for (verb, body, function, case) in [
        ("get", None, "identity-get-user", "some account"),
        ("plan", Some(&plan), "identity-set-user-plan", "changed"),
        ("roles", Some(&roles), "identity-set-user-roles", "changed"),
        ("suspend", None, "identity-suspend-user", "suspended"),
        ("restore", None, "identity-restore-user", "restored"),
    ] {
        budget(function, case, &admin.call(verb, id, None, body).await);
    }
    for (verb, body, function) in [
        ("plan", Some(&plan), "identity-set-user-plan"),
        ("roles", Some(&roles), "identity-set-user-roles"),
        ("restore", None, "identity-restore-user"),
    ] {
        budget(function, "no change", &admin.call(verb, id, None, body).await);
    }
}

#[tokio::test]
async fn api_keys_keep_to_their_budget() {
    let admin = Administration::start().await;
    let public = admin.deployment.public;
    let token = Some(admin.token.as_str());
    let body = json!({ "name": "shop", "scopes": ["users:read"] });
    let create = endpoint(create_api_key::create_api_key, public, stage());
    // The admin's own account; the key and its place in the list.
    let made = call(&create, "POST", "/v1/api-keys", token, Some(&body)).await;
    budget("identity-create-api-key", "made", &made);
    let list = endpoint(list_api_keys::list_api_keys, public, stage());
    budget("identity-list-api-keys", "one key", &call(&list, "GET", "/v1/api-keys", token, None).await);
    // The key itself is one read more than a token.
    let directory = admin.deployment.directory(kit::Clock::System);
    let headers = [("x-api-key", made.body["key"].as_str().unwrap())];
    let request = testkit::request("GET", "/v1/users", &headers, None);
    let used_key: testkit::Reply = endpoint(list_users::list_users, directory, stage()).call(request).await.into();
    budget("identity-list-users", "by API key", &used_key);
    // The key with its place in the list is deleted, and what tells the event is written, in one transaction.
    let id = made.body["id"].as_str().unwrap();
    budget("identity-delete-api-key", "deleted", &admin.call("delete-key", id, None, None).await);
}
