//! What several tests of orders need.

use serde_json::{Value, json};
pub use tests::carts::{
    call, cart_call, fill_cart_with, guest_cart, order_call, priced_variant, ready_cart_with, set_seller, set_shipping,
    shipping,
};
use tests::{Cloud, User};
use types::Uuid;

/// Fails unless a call without a token and one of a user without the role are refused.
pub async fn refuses_strangers(cloud: &Cloud, method: &str, path: &str, body: Option<&Value>) {
    let stranger = cloud.sign_up().await;
    call(cloud, method, path, &stranger, body).await.expect_problem(403, "auth.forbidden");
    let call = cloud.call(method, path);
    let call = if let Some(body) = body { call.json(body) } else { call };
    call.send().await.expect_problem(401, "auth.token_missing");
}

/// Fails unless a read is refused without a token and a key, and not found for another user and another guest.
pub async fn refuses_other_buyers(cloud: &Cloud, path: &str, code: &str) {
    let stranger = cloud.sign_up().await;
    call(cloud, "GET", path, &stranger, None).await.expect_problem(404, code);
    let key = kit::auth::GuestKey::generate().unwrap();
    cloud.call("GET", path).header("guest-key", key.expose()).send().await.expect_problem(404, code);
    assert_eq!(cloud.call("GET", path).send().await.status, 401);
}

/// The cart of a user in euros.
pub async fn user_cart(cloud: &Cloud, manager: &User, user: &User) -> String {
    guest_cart(cloud, manager).await;
    let body = json!({ "currency": "EUR" });
    let made = call(cloud, "POST", "/v1/commerce/carts", user, Some(&body)).await.expect(201);
    made["cart"]["id"].as_str().unwrap().to_owned()
}

/// Fails unless a call of a cart is refused without a token or key, and does not find the cart of somebody else.
pub async fn refuses_strange_buyers(cloud: &Cloud, method: &str, path: &str, body: Option<&Value>) {
    let stranger = cloud.sign_up().await;
    let nobody = cart_call(cloud, (method, path), None, None, body).await;
    nobody.expect_problem(401, "auth.token_missing");
    let user = cart_call(cloud, (method, path), Some(&stranger.access_token), None, body).await;
    user.expect_problem(404, "orders.no_such_cart");
    let guest = cart_call(cloud, (method, path), None, Some("no-key-of-this-cart"), body).await;
    guest.expect_problem(404, "orders.no_such_cart");
}

/// Creates a promotion: ten percent off for carts with a code of its own, which is returned with the ID.
pub async fn code(cloud: &Cloud, manager: &User) -> (String, String) {
    let (id, code) = (Uuid::now_v7().to_string(), format!("C{}", Uuid::now_v7().simple())[..30].to_uppercase());
    let path = format!("/v1/commerce/promotions/{id}");
    assert_eq!(call(cloud, "PUT", &path, manager, Some(&ten_percent(&[&code]))).await.status, 200);
    (id, code)
}

/// The body of such a promotion.
pub fn ten_percent(codes: &[&str]) -> Value {
    json!({
        "name": "Ten percent", "effect": { "kind": "order_percentage", "rate": 100_000 },
        "validFrom": "2026-01-01T00:00:00Z", "codes": codes, "limits": { "total": 100 },
    })
}

/// Puts a variant that is in stock into a cart, with details, so that the cart can be ordered. Returns the variant.
pub async fn fill_cart(cloud: &Cloud, manager: &User, cart: &str, token: Option<&str>, key: Option<&str>) -> String {
    fill_cart_with(cloud, manager, (cart, token, key), 20).await
}

/// A guest's cart that can be ordered: its ID and key.
pub async fn ready_cart(cloud: &Cloud) -> (String, String) {
    let (cart, key, _) = ready_cart_with(cloud, 20).await;
    (cart, key)
}

/// An order of a guest that is held, and the guest's key.
pub async fn held_order(cloud: &Cloud) -> (Value, String) {
    let (cart, key) = ready_cart(cloud).await;
    let body = json!({ "cartId": cart });
    let placed = order_call(cloud, ("POST", "/v1/commerce/orders"), None, Some(&key), "1", Some(&body)).await;
    (placed.expect(201), key)
}

/// Fails unless a call is refused without a token or key, and finds nothing for a stranger.
pub async fn refuses_strange_orderers(cloud: &Cloud, call: (&str, &str), body: Option<&Value>, code: &str) {
    let stranger = cloud.sign_up().await;
    order_call(cloud, call, None, None, "x", body).await.expect_problem(401, "auth.token_missing");
    order_call(cloud, call, Some(&stranger.access_token), None, "x", body).await.expect_problem(404, code);
    order_call(cloud, call, None, Some("no-key-of-this-order"), "x", body).await.expect_problem(404, code);
}
