//! What several tests of orders need.

use serde_json::{Value, json};
use tests::{Cloud, Reply, User, eventually};
use types::Uuid;

/// Any call of somebody.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> Reply {
    let call =
        cloud.call(method, path).bearer(&user.access_token).header("idempotency-key", &Uuid::now_v7().to_string());
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

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

/// Sets the seller, unless it is set.
pub async fn set_seller(cloud: &Cloud, manager: &User) {
    let path = "/v1/commerce/settings/checkout";
    eventually("the seller", async || {
        let read = call(cloud, "GET", path, manager, None).await;
        let tag = read.header("etag").to_owned();
        let mut body = read.expect(200);
        if body["seller"].is_object() {
            return Some(());
        }
        body["seller"] =
            json!({ "name": "Atoll Handels GmbH", "address": ["Hafenstr. 1"], "taxNumber": "DE123456789" });
        let put = cloud.call("PUT", path).bearer(&manager.access_token).header("if-match", &tag).json(&body);
        (put.send().await.status == 200).then_some(())
    })
    .await;
}

/// The shipping methods of the deployment that tests share.
pub fn shipping() -> Value {
    let eur = |amount: i64| json!([{ "amountMinor": amount, "currency": "EUR" }]);
    let method = |code: &str, name: &str, countries: &[&str], tiers: Value| json!({ "code": code, "name": name, "countries": countries, "taxClass": "standard", "tiers": tiers });
    let parcel = json!([{ "upToGrams": 1000, "prices": eur(490) }, { "upToGrams": 5000, "prices": eur(790) }]);
    let pallet = json!([{ "upToGrams": 500_000, "prices": eur(9900) }]);
    json!({ "methods": [
        method("parcel", "Parcel", &["DE", "FR"], parcel),
        method("pallet", "Pallet", &["DE"], pallet),
    ] })
}

/// Sets these methods, unless they are set.
pub async fn set_shipping(cloud: &Cloud, manager: &User) {
    let path = "/v1/commerce/settings/shipping";
    eventually("the shipping methods", async || {
        let tag = call(cloud, "GET", path, manager, None).await.header("etag").to_owned();
        let put = cloud.call("PUT", path).bearer(&manager.access_token).header("if-match", &tag).json(&shipping());
        (put.send().await.status == 200).then_some(())
    })
    .await;
}

/// A call of somebody with a guest's key, or with a token, or with both.
pub async fn cart_call(
    cloud: &Cloud,
    (method, path): (&str, &str),
    token: Option<&str>,
    key: Option<&str>,
    body: Option<&Value>,
) -> Reply {
    let mut call = cloud.call(method, path);
    if let Some(token) = token {
        call = call.bearer(token);
    }
    if let Some(key) = key {
        call = call.header("guest-key", key);
    }
    if let Some(body) = body {
        call = call.json(body);
    }
    call.send().await
}

/// A variant that costs 12.50 euros, once carts can have it.
pub async fn priced_variant(cloud: &Cloud, manager: &User) -> String {
    let product = cloud.published_product(manager, "Shoe").await;
    let list = cloud.price_list(manager).await;
    let variant = &product["variants"][0];
    let tiers = json!([{ "minQuantity": 1, "amountMinor": 1_250 }]);
    let prices = json!({ "prices": [{ "productId": product["id"], "sku": variant["sku"], "tiers": tiers }] });
    call(cloud, "PUT", &format!("/v1/commerce/price-lists/{list}/prices"), manager, Some(&prices)).await.expect(200);
    let variant = variant["id"].as_str().unwrap().to_owned();
    let (cart, key) = guest_cart(cloud, manager).await;
    eventually("the price in carts", async || {
        let path = format!("/v1/commerce/carts/{cart}/lines/{variant}");
        let body = json!({ "quantity": 1 });
        let reply = cart_call(cloud, ("PUT", &path), None, Some(&key), Some(&body)).await;
        (reply.status == 200).then_some(())
    })
    .await;
    variant
}

/// A guest's cart in euros: its ID and key.
pub async fn guest_cart(cloud: &Cloud, manager: &User) -> (String, String) {
    cloud.price_list(manager).await;
    let made = eventually("the price list in carts", async || {
        let body = json!({ "currency": "EUR" });
        let reply = cart_call(cloud, ("POST", "/v1/commerce/carts"), None, None, Some(&body)).await;
        (reply.status == 201).then_some(reply.body)
    })
    .await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["cart"]["id"]), text(&made["guestKey"]))
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
    call(cloud, "PUT", &path, manager, Some(&ten_percent(&[&code]))).await.expect(200);
    (id, code)
}

/// The body of such a promotion.
pub fn ten_percent(codes: &[&str]) -> Value {
    json!({
        "name": "Ten percent", "effect": { "kind": "order_percentage", "rate": 100_000 },
        "validFrom": "2026-01-01T00:00:00Z", "codes": codes, "limits": { "total": 100 },
    })
}
