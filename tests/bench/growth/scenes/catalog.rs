//! Lists of the catalog: products, categories, price lists and prices.

use kit::http::Endpoint;
use serde_json::{Value, json};
use testkit::Template;

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::catalog_support::{Shop, about};

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/commerce/admin/products", "products", || Box::pin(products())),
    Entry::list("GET /v1/commerce/admin/variants/{id}/prices", "prices of other variants", || Box::pin(prices())),
    Entry::list("GET /v1/commerce/categories", "categories of the same parent", || Box::pin(categories())),
    Entry::list("GET /v1/commerce/categories/{slug}/products", "products of the same category", || {
        Box::pin(category_products())
    }),
    Entry::list("GET /v1/commerce/price-lists", "prices", || Box::pin(price_lists())),
];

fn read(shop: &Shop, endpoint: Endpoint, path: &str) -> Request {
    Request::get(endpoint, path, &SignedInUser { id: shop.manager, token: shop.token.clone() })
}

/// A product, and what was written of it.
async fn product(shop: &Shop) -> (String, Template) {
    let (id, template) = shop.table.written_by(shop.product("shoe")).await;
    (id, template)
}

async fn products() -> Scene {
    let shop = Shop::start().await;
    let (id, template) = product(&shop).await;
    let copies = Copies::of(template.with(&["\"product#"]), &id);
    let request = read(&shop, shop.list_admin_products(), "/v1/commerce/admin/products");
    Scene::new(&shop.table, copies.all(), request.again()).showing(20, true)
}

async fn categories() -> Scene {
    let shop = Shop::start().await;
    // A slug is no ID: it begins with another text.
    let id = types::Uuid::now_v7();
    let (reply, template) = shop.table.written_by(shop.category(&format!("c-{id}"), None)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let copies = Copies::of(template.with(&["\"category\""]), &id);
    let request = read(&shop, shop.list_categories(), "/v1/commerce/categories");
    Scene::new(&shop.table, copies.all(), request.again()).showing(20, true)
}

async fn category_products() -> Scene {
    let shop = Shop::start().await;
    assert_eq!(shop.category("shoes", None).await.status, 200);
    let id = shop.product("shoe").await;
    let (reply, template) = shop.table.written_by(shop.update(&id, json!({ "categories": ["shoes"] }))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let copies = Copies::of(template.with(&["\"catalog#category#shoes\""]), &id);
    let request = read(&shop, shop.list_category_products(), "/v1/commerce/categories/x/products");
    Scene::new(&shop.table, copies.all(), request.about("slug", &"shoes").again()).showing(20, true)
}

/// A variant with a price, and the prices of others.
async fn priced() -> (Shop, String, Copies) {
    let shop = Shop::start().await;
    let id = shop.product("shoe").await;
    let list = shop.price_list("eur", json!({ "title": "Euro", "currency": "EUR" })).await;
    assert_eq!(list.status, 200, "{}", list.body);
    let (reply, template) = shop.table.written_by(shop.price("eur", &[(&id, "shoe", Some(1_000))])).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let shown: Value = shop.call(&shop.get_admin_product(), "GET", about(&id), None).await.body;
    let variant = shown["variants"][0]["id"].as_str().expect("a variant").to_owned();
    let copies = Copies::of(template.with(&["\"catalog#prices#"]), &variant);
    (shop, variant, copies)
}

async fn prices() -> Scene {
    let (shop, variant, copies) = priced().await;
    let request = read(&shop, shop.list_variant_prices(), "/v1/commerce/admin/variants/x/prices");
    Scene::new(&shop.table, copies.all(), request.about("id", &variant).again()).showing(1, false)
}

async fn price_lists() -> Scene {
    let (shop, _, copies) = priced().await;
    let request = read(&shop, shop.list_price_lists(), "/v1/commerce/price-lists");
    Scene::new(&shop.table, copies.all(), request.again()).showing(1, false)
}
