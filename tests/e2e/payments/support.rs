//! Saved payment methods.

use serde_json::{Value, json};
use tests::{Cloud, Reply, User};

/// The path.
pub const METHODS: &str = "/v1/commerce/payment-methods";

/// Starts to save a card, or continues.
pub async fn add_method(cloud: &Cloud, user: &User, key: &str) -> Reply {
    let call = cloud.post(METHODS).bearer(&user.access_token).header("idempotency-key", key);
    call.json(&json!({ "provider": "stripe" })).send().await
}

/// Saves a card.
pub async fn saved_method(cloud: &Cloud, user: &User) -> Value {
    let setup = add_method(cloud, user, "saved").await.expect(201);
    cloud.confirm_in_form(&setup["clientSecret"], "pm_card_visa").await;
    add_method(cloud, user, "saved").await.expect(201)["method"].clone()
}
