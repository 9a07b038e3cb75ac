//! What functions of orders ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use kit::http::endpoint;
use serde_json::json;
use tests::{budget, cost};
use types::{LocationId, VariantId};

use crate::identity_support::stage;
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
    // Twelve partitions of the index, or four; then the variant and its level.
    budget("orders-list-stock", "all", &shop.stocks("").await);
    budget("orders-list-stock", "of an availability", &shop.stocks("availability=in_stock").await);
    // The level tells how many parts there are, so they are read after it.
    assert_eq!(shop.set_stock(place, &json!({ "parts": 4 })).await.status, 200);
    budget("orders-adjust-stock", "four parts", &shop.adjust(place, "c", 20).await);
    budget("orders-get-stock", "four parts", &shop.stock(variant).await);
    budget("orders-list-movements", "three movements", &shop.movements(place, "").await);
}

#[tokio::test]
async fn settings_keep_to_their_budget() {
    let shop = Shop::start().await;
    let taxes = json!({
        "pricesIncludeTax": true, "rounding": "by_rate", "rates": [{ "taxClass": "standard", "country": "DE", "rate": 190_000 }],
    });
    let prices = json!([{ "amountMinor": 490, "currency": "EUR" }]);
    let shipping = json!({ "methods": [{
        "code": "parcel", "name": "Parcel", "countries": ["DE"], "taxClass": "standard",
        "tiers": [{ "upToGrams": 5000, "prices": prices }],
    }] });
    // The standing, then the one item of the kind.
    let set = endpoint(orders::api::set_tax_settings::set_tax_settings, shop.ctx, stage());
    budget("orders-set-tax-settings", "first", &shop.settings(&set, Some(0), "", Some(&taxes)).await);
    budget("orders-set-tax-settings", "unchanged", &shop.settings(&set, Some(1), "", Some(&taxes)).await);
    let set = endpoint(orders::api::set_shipping_settings::set_shipping_settings, shop.ctx, stage());
    budget("orders-set-shipping-settings", "first", &shop.settings(&set, Some(0), "", Some(&shipping)).await);
    // Both at once.
    let get = endpoint(orders::api::get_tax_settings::get_tax_settings, shop.ctx, stage());
    budget("orders-get-tax-settings", "set", &shop.settings(&get, None, "", None).await);
    let get = endpoint(orders::api::get_shipping_settings::get_shipping_settings, shop.ctx, stage());
    budget("orders-get-shipping-settings", "set", &shop.settings(&get, None, "", None).await);
    let list = endpoint(orders::api::list_shipping_methods::list_shipping_methods, shop.consumer, stage());
    budget(
        "orders-list-shipping-methods",
        "one method",
        &shop.settings(&list, None, "country=DE&currency=EUR", None).await,
    );
}
