//! Shared parts of the tests of billing. All tests share one catalogue, so each has codes of its own, and the same in each run.

use serde_json::{Value, json};
use tests::{Cloud, Reply, User};

/// Calls an endpoint as a user.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> Reply {
    let call = cloud.call(method, path).bearer(&user.access_token);
    let call = match body {
        Some(body) => call.json(body),
        None => call,
    };
    call.send().await
}

/// Checks that an endpoint refuses requests without a token, and users without the role `admin`.
pub async fn refuses_others(cloud: &Cloud, method: &str, path: &str, body: Option<&Value>) {
    let (user, manager) = (cloud.sign_up().await, cloud.manager().await);
    for other in [&user, &manager] {
        call(cloud, method, path, other, body).await.expect_problem(403, "auth.forbidden");
    }
    let anonymous = cloud.call(method, path);
    let anonymous = match body {
        Some(body) => anonymous.json(body),
        None => anonymous,
    };
    anonymous.send().await.expect_problem(401, "auth.token_missing");
}

/// The body of a plan of the product `e2e`.
pub fn plan(name: &str) -> Value {
    let devices = json!({ "name": "devices", "allowance": { "kind": "limit", "limit": 10 } });
    json!({ "product": "e2e", "name": name, "rank": 20, "entitlements": [devices] })
}

/// Sets a plan of the product `e2e`.
pub async fn set_plan(cloud: &Cloud, admin: &User, code: &str) -> Value {
    let product = json!({ "name": "End to end" });
    assert_eq!(call(cloud, "PUT", "/v1/billing/products/e2e", admin, Some(&product)).await.status, 200);
    call(cloud, "PUT", &format!("/v1/billing/plans/{code}"), admin, Some(&plan(code))).await.expect(200)
}

/// Publishes the next version of a monthly price.
pub async fn publish(cloud: &Cloud, admin: &User, code: &str, plan: &str, amount: i64, key: &str) -> Reply {
    let body = json!({
        "code": code, "plan": plan, "interval": "month", "amountMinor": amount, "currency": "EUR", "trialDays": 14,
    });
    let call = cloud.post("/v1/billing/prices").bearer(&admin.access_token).header("idempotency-key", key);
    call.json(&body).send().await
}

/// An entry of a list of the catalogue, by its code.
pub async fn entry(cloud: &Cloud, admin: &User, list: &str, code: &str) -> Value {
    let catalogue = call(cloud, "GET", "/v1/billing/catalogue", admin, None).await.expect(200);
    let entries = catalogue[list].as_array().unwrap();
    entries.iter().find(|entry| entry["code"] == code).unwrap_or_else(|| panic!("no {code}: {catalogue}")).clone()
}

/// Grants a user a plan for a time from now.
pub async fn grant(cloud: &Cloud, admin: &User, user: &User, plan: &str, seconds: i64) -> Reply {
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    let body = json!({ "plan": plan, "until": until.to_string() });
    call(cloud, "PUT", &format!("/v1/billing/users/{}/grant", user.id), admin, Some(&body)).await
}

/// The ID of no user.
pub const NOBODY: &str = "019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d";
