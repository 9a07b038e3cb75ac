//! What tests of wallets do again and again.

use serde_json::{Value, json};
use tests::{Call, Cloud, User, eventually};
use types::Uuid;

/// Somebody with so many cents, and wallets that know of them.
pub async fn rich(cloud: &Cloud, cents: i64) -> User {
    let user = cloud.sign_up_with_wallet().await;
    cloud.give(&user, tests::money(cents, "EUR")).await;
    user
}

pub fn eur(cents: i64) -> Value {
    json!({ "amountMinor": cents, "currency": "EUR" })
}

/// A POST with an idempotency key.
pub fn post(cloud: &Cloud, user: &User, path: &str, key: &str, body: &Value) -> Call {
    cloud.post(path).bearer(&user.access_token).header("idempotency-key", key).json(body)
}

pub fn send(cloud: &Cloud, user: &User, key: &str, body: &Value) -> Call {
    post(cloud, user, "/v1/community/wallet/transfers", key, body)
}

pub fn donate(cloud: &Cloud, user: &User, key: &str, body: &Value) -> Call {
    post(cloud, user, "/v1/community/donations", key, body)
}

/// The body of a donation to a person or a point.
pub fn gift(kind: &str, id: &str, cents: i64) -> Value {
    json!({ "recipient": { "kind": kind, "id": id }, "money": eur(cents), "funding": { "kind": "balance" } })
}

pub async fn get(cloud: &Cloud, user: &User, path: &str) -> Value {
    cloud.get(path).bearer(&user.access_token).send().await.expect(200)
}

/// Waits until somebody's inbox has a notification with this title.
pub async fn told(cloud: &Cloud, user: &User, title: &str) -> Value {
    eventually(&format!("the notification {title}"), async || titled(cloud, user, title).await.pop()).await
}

/// The notifications with this title in somebody's inbox.
pub async fn titled(cloud: &Cloud, user: &User, title: &str) -> Vec<Value> {
    let inbox = get(cloud, user, "/v1/notifications").await;
    let items = inbox["items"].as_array().unwrap().iter();
    items.filter(|item| item["title"] == title).cloned().collect()
}

/// The names of the fields that an answer calls wrong.
pub fn wrong_fields(reply: &tests::Reply) -> Vec<String> {
    reply.expect_problem(422, "request.invalid");
    let errors = reply.body["errors"].as_array().unwrap().iter();
    errors.map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

/// An id of nothing.
pub fn nobody() -> String {
    Uuid::now_v7().to_string()
}
