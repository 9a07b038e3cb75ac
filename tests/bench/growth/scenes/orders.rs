//! Promotions, locations, shipping methods, stock and its movements.

use kit::http::endpoint;
use orders::api::{list_locations, list_movements, list_promotions, list_shipping_methods, list_stock};
use serde_json::json;

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::identity_support::stage;
use crate::orders_support::{Shop, published};

/// What grows beside what is asked for.
const LEVELS: &str = "stock levels";

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/commerce/locations", LEVELS, || Box::pin(locations())),
    Entry::list("GET /v1/commerce/shipping-methods", LEVELS, || Box::pin(shipping_methods())),
    Entry::list("GET /v1/commerce/stock", LEVELS, || Box::pin(stock("/v1/commerce/stock"))),
    Entry::list("GET /v1/commerce/stock?availability=out_of_stock", LEVELS, || {
        Box::pin(stock("/v1/commerce/stock?availability=out_of_stock"))
    }),
    Entry::list("GET /v1/commerce/promotions", "promotions", || Box::pin(promotions())),
    Entry::list("GET /v1/commerce/stock/{variantId}/{locationId}/movements", "movements of the same level", || {
        Box::pin(movements())
    }),
];

/// A variant that is stocked without units, and copies of its stock for other variants.
async fn stocked() -> (Shop, Copies) {
    let shop = Shop::start().await;
    let place = shop.place().await;
    let (reply, template) = shop.table.written_by(shop.set_stock(place, &json!({}))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let known = shop.table.written_by(shop.hear(published(&[place.variant], 2))).await.1;
    (shop, Copies::of(template.and(known), &place.variant))
}

async fn stock(path: &str) -> Scene {
    let (shop, copies) = stocked().await;
    let list = endpoint(list_stock::list_stock, shop.ctx, stage());
    let request = Request::get(list, path, &manager(&shop));
    Scene::new(&shop.table, copies.all(), request.again()).showing(20, true)
}

async fn locations() -> Scene {
    let (shop, copies) = stocked().await;
    let list = endpoint(list_locations::list_locations, shop.ctx, stage());
    let request = Request::get(list, "/v1/commerce/locations", &manager(&shop));
    Scene::new(&shop.table, copies.all(), request.again()).showing(1, false)
}

async fn shipping_methods() -> Scene {
    let (shop, copies) = stocked().await;
    let tiers = json!([{ "upToGrams": 1_000, "prices": [{ "amountMinor": 490, "currency": "EUR" }] }]);
    let method =
        json!({ "code": "parcel", "name": "Parcel", "countries": ["DE"], "taxClass": "standard", "tiers": tiers });
    let set = endpoint(orders::api::set_shipping_settings::set_shipping_settings, shop.ctx, stage());
    let reply = shop.settings(&set, Some(0), "", Some(&json!({ "methods": [method] }))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let list = endpoint(list_shipping_methods::list_shipping_methods, shop.consumer, stage());
    let request = Request::get(list, "/v1/commerce/shipping-methods?country=DE&currency=EUR", &manager(&shop));
    Scene::new(&shop.table, copies.all(), request.again()).showing(1, false)
}

async fn promotions() -> Scene {
    let shop = Shop::start().await;
    let id = types::Uuid::now_v7();
    let effect = json!({ "kind": "free_shipping" });
    // It has ended, so it is not among the few that carts read.
    let body = json!({
        "name": "Past", "effect": effect, "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2026-01-02T00:00:00Z",
    });
    let set = endpoint(orders::api::set_promotion::set_promotion, shop.ctx, stage());
    let path = [("id", id.to_string())];
    let (reply, template) = shop.table.written_by(shop.call(&set, ("PUT", "", ""), &path, Some(&body))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let list = endpoint(list_promotions::list_promotions, shop.ctx, stage());
    let request = Request::get(list, "/v1/commerce/promotions", &manager(&shop));
    Scene::new(&shop.table, Copies::of(template, &id).all(), request.again()).showing(20, true)
}

async fn movements() -> Scene {
    let shop = Shop::start().await;
    let place = shop.stocked(1).await;
    let (reply, template) = shop.table.written_by(shop.adjust(place, "a", 1)).await;
    let id = reply.body["id"].as_str().expect("an id").to_owned();
    let copies = Copies::of(template.with(&["\"movement\""]), &id);
    let list = endpoint(list_movements::list_movements, shop.ctx, stage());
    let request = Request::get(list, "/v1/commerce/stock/x/y/movements", &manager(&shop));
    let request = request.about("variantId", &place.variant).about("locationId", &place.location);
    Scene::new(&shop.table, copies.all(), request.again()).showing(20, true)
}

fn manager(shop: &Shop) -> SignedInUser {
    SignedInUser { id: types::UserId::generate(), token: shop.token.clone() }
}
