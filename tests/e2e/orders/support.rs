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
