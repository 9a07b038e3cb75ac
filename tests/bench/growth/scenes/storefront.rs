//! Lists of the storefront: the products of a category.

use kit::http::{Endpoint, endpoint};
use storefront::api::{get_mobile_category, get_web_category};
use types::UserId;

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::identity_support::stage;
use crate::storefront_support::{Front, at, category, list, price, product_id, published, variant_changed};

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/commerce/web/categories/{slug}", "products of the category", || Box::pin(web())),
    Entry::list("GET /v1/commerce/mobile/categories/{slug}", "products of the category", || Box::pin(mobile())),
];

async fn web() -> Scene {
    let front = Front::start().await;
    let list = endpoint(get_web_category::get_web_category, front.pages, stage());
    Box::pin(cards(&front, list, "/v1/commerce/web/categories/shoes")).await.showing(20, true)
}

async fn mobile() -> Scene {
    let front = Front::start().await;
    let list = endpoint(get_mobile_category::get_mobile_category, front.pages, stage());
    // As many as fit.
    Box::pin(cards(&front, list, "/v1/commerce/mobile/categories/shoes?currency=EUR")).await
}

/// A card, and copies of it that are older.
async fn cards(front: &Front, endpoint: Endpoint, path: &str) -> Scene {
    front.hear_all([category("shoes", None, 1), list("eur", 1, None), variant_changed(1, 1)]).await;
    front.hear_all([price(1, "eur", 1, Some(100))]).await;
    let ((), template) = Box::pin(front.table.written_by(front.hear_all([published(1, 2, "shoe")]))).await;
    let copies = Copies::of(template.with(&["card#"]), &product_id(1)).made_at(at(2));
    // Everybody may ask; the token is not looked at.
    let anybody = SignedInUser { id: UserId::generate(), token: String::new() };
    let request = Request::get(endpoint, path, &anybody).about("slug", &"shoes");
    Scene::new(&front.table, copies.all(), request.again())
}
