//! Saved payment methods.

use aws_sdk_dynamodb::types::AttributeValue;
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

/// The key of the sandbox of Stripe.
const STRIPE_KEY: &str = "sk_test_local";

/// The user's ID at Stripe.
pub async fn customer_id(cloud: &Cloud, user: &User) -> String {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let text = |text: String| AttributeValue::S(text);
    let get = client.get_item().table_name(cloud.table_name()).consistent_read(true);
    let get = get.key("pk", text(format!("payments#user#{}", user.id))).key("sk", text("customer#stripe".to_owned()));
    let item = get.send().await.expect("the table").item.expect("a customer");
    item["customer_id"].as_s().expect("a text").clone()
}

/// Deletes the user in the dashboard of Stripe, with all saved methods there.
pub async fn delete_at_stripe(cloud: &Cloud, user: &User) -> String {
    let id = customer_id(cloud, user).await;
    let path = format!("payments/v1/customers/{id}");
    assert_eq!(cloud.local("DELETE", &path).bearer(STRIPE_KEY).send().await.status, 200);
    id
}

/// The saved methods.
pub async fn methods(cloud: &Cloud, user: &User) -> Vec<Value> {
    let list = cloud.get(METHODS).bearer(&user.access_token).send().await.expect(200);
    list["items"].as_array().expect("a list").clone()
}
