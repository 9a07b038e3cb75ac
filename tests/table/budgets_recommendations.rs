//! What recommendations ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use contracts::catalog::ProductArchived;
use contracts::identity::UserDeleted;
use kit::Deadline;
use recommendations::consumers::build_model::build_model;
use recommendations::consumers::forget_user::forget_user;
use recommendations::consumers::keep_orders::keep_orders;
use recommendations::consumers::keep_products::keep_products;
use testkit::finished;
use tests::{budget, cost};

use crate::orders_support::event;
use crate::recommendations_support::{SESSION, Shop};

#[tokio::test]
async fn recommendations_keep_to_their_budget() {
    let shop = Shop::start().await;
    let [boot, sock] = shop.goods("shoes").await;
    let (_, token) = shop.person("ann@example.com").await;
    // The counter of the network address, and the session; that of new sessions for the first one.
    budget("recommendations-record-views", "guest, first", &shop.view(None, SESSION, &[boot, sock]).await);
    budget("recommendations-record-views", "guest, again", &shop.view(None, SESSION, &[boot, sock]).await);
    // The standing and the counter of the user; the session with the condition that the user is not erased.
    budget("recommendations-record-views", "user", &shop.view(Some(&token), SESSION, &[boot, sock]).await);
    shop.build().await;
    // The feed, then the model from the bucket.
    budget("recommendations-list-recommendations", "first", &shop.ask(&format!("items={}", boot.id)).await);
    budget("recommendations-list-recommendations", "loaded", &shop.ask(&format!("items={}", sock.id)).await);
}

#[tokio::test]
async fn consumers_of_recommendations_keep_to_their_budget() {
    let shop = Shop::start().await;
    let [boot, sock] = shop.goods("shoes").await;
    let archived = event(ProductArchived { product_id: sock.id, revision: 2, variant_ids: vec![sock.variant] });
    // The product, and its change in the feed.
    budget("recommendations-keep-products", "archived", cost(keep_products(shop.consumer, archived.clone())).await);
    budget("recommendations-keep-products", "again", cost(keep_products(shop.consumer, archived)).await);
    let (user_id, token) = shop.person("ann@example.com").await;
    let order = event(shop.order(Some(user_id), &[boot, sock]));
    budget("recommendations-keep-orders", "of a user", cost(keep_orders(shop.consumer, order.clone())).await);
    budget("recommendations-keep-orders", "again", cost(keep_orders(shop.consumer, order)).await);
    let guest = event(shop.order(None, &[boot, sock]));
    budget("recommendations-keep-orders", "of a guest", cost(keep_orders(shop.consumer, guest)).await);
    assert_eq!(shop.view(Some(&token), SESSION, &[boot]).await.status, 204);
    // 16 partitions of products, 32 days of sessions in four partitions each, 182 days of baskets.
    budget("recommendations-build-model", "first", cost(build_model(shop.building)).await);
    budget("recommendations-build-model", "nothing due", cost(build_model(shop.building)).await);
    let deleted = event(UserDeleted { user_id });
    let forget = async |event| finished(forget_user(shop.consumer, event, Deadline::never()).await);
    budget("recommendations-forget-user", "a session and a basket", cost(forget(deleted.clone())).await);
    budget("recommendations-forget-user", "again", cost(forget(deleted)).await);
}
