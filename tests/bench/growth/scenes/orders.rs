//! Promotions and stock movements.

use kit::http::endpoint;
use orders::api::{list_movements, list_promotions};
use serde_json::json;

use super::ask::{Request, Somebody};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::identity_support::stage;
use crate::orders_support::Shop;

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/commerce/promotions", "promotions", || Box::pin(promotions())),
    Entry::list("GET /v1/commerce/stock/{variantId}/{locationId}/movements", "movements of the same level", || {
        Box::pin(movements())
    }),
];

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

fn manager(shop: &Shop) -> Somebody {
    Somebody { id: types::UserId::generate(), token: shop.token.clone() }
}
