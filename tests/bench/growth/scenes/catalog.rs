//! Products among many products.

use super::ask::{Request, Somebody};
use super::copies::Copies;
use super::{Entry, Kind, Scene};
use crate::catalog_support::Shop;

pub(super) const SCENES: &[Entry] =
    &[Entry::new(Kind::Checkout, "GET /v1/commerce/products/{id}", "products", || Box::pin(product()))];

/// Copies of a product have a slug of their own each.
async fn product() -> Scene {
    let shop = Shop::start().await;
    let (id, template) = shop.table.written_by(shop.product("other-shoe")).await;
    let copies = Copies::of(template, &id).renaming(&"other-shoe");
    shop.product("shoe").await;
    let visitor = Somebody { id: types::UserId::generate(), token: String::new() };
    let request = Request::get(shop.get_product(), "/v1/commerce/products/shoe", &visitor).about("id", &"shoe");
    Scene::new(&shop.table, copies.all(), request.again())
}
