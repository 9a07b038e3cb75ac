//! What functions of orders ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use serde_json::json;
use tests::{budget, cost};
use types::{LocationId, VariantId};

use crate::orders_support::{Place, Shop, published};

#[tokio::test]
async fn stock_keeps_to_its_budget() {
    let shop = Shop::start().await;
    let (variant, location) = (VariantId::generate(), LocationId::generate());
    let place = Place { variant, location };
    // Each variant of the product is read and written.
    budget("orders-keep-variants", "published", cost(shop.hear(published(&[variant], 1))).await);
    budget("orders-keep-variants", "published, again", cost(shop.hear(published(&[variant], 1))).await);
    let ten: Vec<_> = (0..10).map(|_| VariantId::generate()).collect();
    budget("orders-keep-variants", "ten variants", cost(shop.hear(published(&ten, 1))).await);

    // The one item of all locations, with the standing.
    budget("orders-set-location", "created", &shop.set_location(location, true).await);
    budget("orders-set-location", "unchanged", &shop.set_location(location, true).await);
    budget("orders-list-locations", "one location", &shop.locations().await);

    // Locations, variant and its stock in one call, the levels in another at the same time, with the standing; then level and stock
    // of the variant in one transaction.
    budget("orders-set-stock", "first", &shop.set_stock(place, &json!({})).await);
    budget("orders-set-stock", "unchanged", &shop.set_stock(place, &json!({})).await);
    budget("orders-set-stock", "available", &shop.set_stock(place, &json!({ "backorderLimit": 9 })).await);
    // The movement with its place in the index, the level, and the stock of the variant.
    budget("orders-adjust-stock", "units added", &shop.adjust(place, "a", 20).await);
    budget("orders-adjust-stock", "repeated", &shop.adjust(place, "a", 20).await);
    budget("orders-adjust-stock", "units removed", &shop.adjust(place, "b", -9).await);
    budget("orders-get-stock", "one part", &shop.stock(variant).await);
    // The level tells how many parts there are, so they are read after it.
    assert_eq!(shop.set_stock(place, &json!({ "parts": 4 })).await.status, 200);
    budget("orders-adjust-stock", "four parts", &shop.adjust(place, "c", 20).await);
    budget("orders-get-stock", "four parts", &shop.stock(variant).await);
    budget("orders-list-movements", "three movements", &shop.movements(place, "").await);
}
