//! Carts and orders over HTTP: tax rates, shipping methods, a variant with a price and units, and a cart that can be ordered.

use serde_json::{Value, json};
use types::Uuid;

use crate::{Cloud, Reply, User, eventually};

/// Any call of a buyer.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> Reply {
    let call =
        cloud.call(method, path).bearer(&user.access_token).header("idempotency-key", &Uuid::now_v7().to_string());
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
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

/// A call of a buyer with a guest's key, or with a token, or with both.
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
    assert_eq!(
        call(cloud, "PUT", &format!("/v1/commerce/price-lists/{list}/prices"), manager, Some(&prices)).await.status,
        200
    );
    let variant = variant["id"].as_str().expect("a text").to_owned();
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
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&made["cart"]["id"]), text(&made["guestKey"]))
}

/// A call of a buyer with a token, with a guest's key, or with both, and an `Idempotency-Key`.
pub async fn order_call(
    cloud: &Cloud,
    (method, path): (&str, &str),
    token: Option<&str>,
    key: Option<&str>,
    attempt: &str,
    body: Option<&Value>,
) -> Reply {
    let mut call = cloud.call(method, path);
    if let Some(token) = token {
        call = call.bearer(token);
    }
    if let Some(key) = key {
        call = call.header("guest-key", key);
    }
    if !attempt.is_empty() {
        call = call.header("idempotency-key", attempt);
    }
    if let Some(body) = body {
        call = call.json(body);
    }
    call.send().await
}

/// Tax rates and shipping methods with which carts can be ordered.
async fn set_taxes(cloud: &Cloud, manager: &User) {
    let path = "/v1/commerce/settings/taxes";
    let rates = json!([
        { "taxClass": "standard", "country": "DE", "rate": 190_000 },
        { "taxClass": "standard", "country": "FR", "rate": 200_000 },
    ]);
    let taxes = json!({ "pricesIncludeTax": true, "rounding": "by_rate", "rates": rates });
    eventually("the tax rates", async || {
        let tag = call(cloud, "GET", path, manager, None).await.header("etag").to_owned();
        let put = cloud.call("PUT", path).bearer(&manager.access_token).header("if-match", &tag).json(&taxes);
        (put.send().await.status == 200).then_some(())
    })
    .await;
}

/// Puts a variant of which there are so many units into a cart, with details, so that the cart can be ordered. Returns the variant.
pub async fn fill_cart_with(
    cloud: &Cloud,
    manager: &User,
    (cart, token, key): (&str, Option<&str>, Option<&str>),
    units: i64,
) -> String {
    set_taxes(cloud, manager).await;
    set_shipping(cloud, manager).await;
    let variant = priced_variant(cloud, manager).await;
    let place = json!({ "name": "Warehouse", "country": "DE", "priority": 1, "isOpen": true });
    let path = "/v1/commerce/locations";
    let known = call(cloud, "GET", path, manager, None).await.expect(200);
    // A shop has at most 20 locations, which tests share.
    let location = known["items"].as_array().expect("a list").iter().find(|location| location["isOpen"] == true);
    let location = match location {
        Some(location) => location["id"].as_str().expect("a text").to_owned(),
        None => {
            call(cloud, "PUT", &format!("{path}/{}", Uuid::now_v7()), manager, Some(&place)).await.expect(200)["id"]
                .as_str()
                .unwrap()
                .to_owned()
        }
    };
    let stock = format!("/v1/commerce/stock/{variant}/{location}");
    drop(call(cloud, "PUT", &stock, manager, Some(&json!({ "parts": 1 }))).await.expect(200));
    let fill = json!({ "quantity": units, "reason": "received" });
    drop(call(cloud, "POST", &format!("{stock}/adjustments"), manager, Some(&fill)).await.expect(201));
    let line = format!("/v1/commerce/carts/{cart}/lines/{variant}");
    drop(cart_call(cloud, ("PUT", &line), token, key, Some(&json!({ "quantity": 1 }))).await.expect(200));
    let address =
        json!({ "name": "Ann", "line1": "Hauptstr. 1", "postalCode": "10115", "city": "Berlin", "country": "DE" });
    let details = json!({ "email": "ann@example.com", "shippingAddress": address, "shippingMethod": "parcel" });
    let path = format!("/v1/commerce/carts/{cart}/details");
    drop(cart_call(cloud, ("PUT", &path), token, key, Some(&details)).await.expect(200));
    variant
}

/// The same, with its variant, of which there are so many units.
pub async fn ready_cart_with(cloud: &Cloud, units: i64) -> (String, String, String) {
    let manager = cloud.manager().await;
    let (cart, key) = guest_cart(cloud, &manager).await;
    let variant = fill_cart_with(cloud, &manager, (&cart, None, Some(&key)), units).await;
    (cart, key, variant)
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
