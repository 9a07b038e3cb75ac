//! Prices: one request is written whole or not at all, nothing is lost in a race, and reductions are told by the clock.

use contracts::orders::PromotedVariants;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::sqs::Done;
use serde_json::{Value, json};

use crate::catalog_support::{Asked, Promoted, Shop, about};

/// The only variant of a product.
async fn variant_of(shop: &Shop, product: &str) -> String {
    let product = shop.call(&shop.get_admin_product(), "GET", about(product), None).await;
    product.body["variants"][0]["id"].as_str().unwrap().to_owned()
}

async fn price(shop: &Shop, variant: &str, query: &str) -> (u16, Value) {
    let shown = shop.show_at(&shop.get_variant_price(), vec![("id", variant.to_owned())], query, "").await;
    (shown.status, shown.body)
}

async fn records(shop: &Shop, variant: &str) -> Vec<Value> {
    let list = shop.call(&shop.list_variant_prices(), "GET", about(variant), None).await;
    assert_eq!(list.status, 200, "{}", list.body);
    list.body["items"][0]["records"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_price_that_is_there_already_is_not_written_again() {
    let shop = Shop::start().await;
    let id = shop.product("a").await;
    let variant = variant_of(&shop, &id).await;
    let unknown = shop.price("eur", &[(&id, "a", Some(1_000))]).await;
    assert_eq!((unknown.status, &unknown.body["code"]), (404, &json!("catalog.no_such_price_list")));
    assert_eq!(shop.price_list("eur", json!({ "title": "Euro", "currency": "EUR" })).await.status, 200);
    assert_eq!(price(&shop, &variant, "currency=EUR").await.1["code"], "catalog.no_price");
    for (amount, wanted) in [(1_000, 1), (1_000, 0), (900, 1), (900, 0)] {
        let reply = shop.price("eur", &[(&id, "a", Some(amount))]).await;
        assert_eq!(reply.body, json!({ "changed": wanted, "unchanged": 1 - wanted }));
    }
    assert_eq!(records(&shop, &variant).await.len(), 2);
    let (status, shown) = price(&shop, &variant, "currency=EUR").await;
    assert_eq!(
        (status, &shown["amountMinor"], &shown["reduction"]["lowestPriorMinor"]),
        (200, &json!(900), &json!(1_000))
    );
    assert_eq!(price(&shop, &variant, "currency=USD").await.0, 404);
    assert_eq!(shop.price("eur", &[(&id, "a", None)]).await.body["changed"], 1);
    assert_eq!(price(&shop, &variant, "currency=EUR").await.0, 404);
}

#[tokio::test]
async fn fifty_prices_are_written_together_and_none_with_a_wrong_one_among_them() {
    let shop = Shop::start().await;
    shop.price_list("eur", json!({ "title": "Euro", "currency": "EUR" })).await;
    let mut products = Vec::new();
    for number in 0..50 {
        let slug = format!("p{number}");
        products.push((shop.product(&slug).await, slug));
    }
    let mut prices: Vec<_> = products.iter().map(|(id, sku)| (id.as_str(), sku.as_str(), Some(500))).collect();
    prices[49].1 = "p0";
    let repeated = shop.price("eur", &prices).await;
    assert_eq!((repeated.status, &repeated.body["errors"][0]["field"]), (422, &json!("prices[49].sku")));
    // Another product's SKU, and none at all.
    shop.product("other").await;
    for wrong in ["other", "nothing"] {
        prices[49].1 = wrong;
        let refused = shop.price("eur", &prices).await;
        assert_eq!((refused.status, &refused.body["code"]), (422, &json!("catalog.unknown_variant")));
        assert!(refused.body["detail"].as_str().unwrap().contains(wrong));
    }
    let items = shop.table.items().await;
    assert!(!items.iter().any(|item| item["pk"].as_s().unwrap().starts_with("catalog#prices#")));
    prices[49].1 = "p49";
    assert_eq!(shop.price("eur", &prices).await.body, json!({ "changed": 50, "unchanged": 0 }));
    assert_eq!(shop.price("eur", &prices).await.body, json!({ "changed": 0, "unchanged": 50 }));
    prices.push(("019a0c70-2222-7aaa-8bbb-000000000001", "x", Some(1)));
    assert_eq!(shop.price("eur", &prices).await.status, 422);
}

#[tokio::test]
async fn prices_that_are_set_at_once_are_all_in_the_history() {
    let shop = Shop::start_with_conflicts().await;
    let id = shop.product("a").await;
    let variant = variant_of(&shop, &id).await;
    shop.price_list("eur", json!({ "title": "Euro", "currency": "EUR" })).await;
    let set = async |amount| shop.price("eur", &[(&id, "a", Some(amount))]).await.status;
    let statuses = join_all((1..=6).map(set)).await;
    assert!(statuses.iter().all(|status| [200, 503].contains(status)));
    let written = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(records(&shop, &variant).await.len(), written);
}

#[tokio::test]
async fn a_sale_list_reduces_the_price_while_it_applies_and_shows_the_lowest_before() {
    let clock = Clock::manual(Timestamp::now());
    let start = clock.now();
    let shop = Shop::at(clock.clone()).await;
    let id = shop.product("a").await;
    let variant = variant_of(&shop, &id).await;
    let day = |number: i64| start + SignedDuration::from_hours(24 * number);
    shop.price_list("eur", json!({ "title": "Euro", "currency": "EUR" })).await;
    shop.price("eur", &[(&id, "a", Some(1_000))]).await;
    let sale = json!({ "title": "Sale", "currency": "EUR", "validFrom": day(50), "validUntil": day(60) });
    assert_eq!(shop.price_list("sale", sale.clone()).await.status, 200);
    shop.price("sale", &[(&id, "a", Some(700))]).await;
    let dealers = json!({ "title": "Dealers", "currency": "EUR", "customerGroup": "dealers" });
    shop.price_list("dealers", dealers).await;
    shop.price("dealers", &[(&id, "a", Some(1))]).await;
    // A price of ten days, within thirty days of the sale.
    for (today, amount) in [(25, 900), (35, 1_100)] {
        clock.advance(day(today).duration_since(clock.now()).unsigned_abs());
        shop.price("eur", &[(&id, "a", Some(amount))]).await;
    }
    let shown = async |today: i64| {
        clock.advance(day(today).duration_since(clock.now()).unsigned_abs());
        price(&shop, &variant, "currency=EUR&quantity=3").await.1
    };
    assert_eq!(shown(49).await["amountMinor"], 1_100);
    for today in [50, 59] {
        let price = shown(today).await;
        assert_eq!((&price["amountMinor"], &price["priceList"]), (&json!(700), &json!("sale")));
        assert_eq!(price["reduction"]["lowestPriorMinor"], 900, "not of the last thirty days");
    }
    let after = shown(60).await;
    assert_eq!((&after["amountMinor"], &after["reduction"]), (&json!(1_100), &Value::Null));
    assert_eq!(shown(61).await["amountMinor"], 1_100);
    let longer = json!({ "title": "Sale", "currency": "EUR", "validUntil": day(70) });
    assert_eq!(shop.price_list("sale", longer).await.body["code"], "catalog.price_list_past_fixed");
    let listed = shop.call(&shop.list_price_lists(), "GET", Asked::default(), None).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn promotions_of_everything_of_products_and_of_variants_reduce_the_price_and_the_past_stays() {
    let clock = Clock::manual(Timestamp::now());
    let start = clock.now();
    let shop = Shop::at(clock.clone()).await;
    let (a, b) = (shop.product("a").await, shop.product("b").await);
    let (of_a, of_b) = (variant_of(&shop, &a).await, variant_of(&shop, &b).await);
    shop.price_list("eur", json!({ "title": "Euro", "currency": "EUR" })).await;
    shop.price("eur", &[(&a, "a", Some(1_000)), (&b, "b", Some(1_000))]).await;
    let day = |number: i64| start + SignedDuration::from_hours(24 * number);
    let promoted = |number, revision, rate_millionths, target| Promoted {
        number,
        revision,
        rate_millionths,
        target,
        valid_until: None,
    };
    let products = |id: &str| PromotedVariants::Products { ids: vec![id.parse().unwrap()] };
    let variants = |id: &str| PromotedVariants::Variants { ids: vec![id.parse().unwrap()] };
    // The second revision comes first, and both come twice.
    let first = promoted(1, 1, 100_000, products(&a));
    let second = promoted(1, 2, 100_000, products(&b));
    let everything = promoted(2, 1, 500_000, PromotedVariants::Everything);
    let told = [(20, &second), (10, &first), (20, &second), (10, &first), (30, &everything)];
    let mut outcomes = Vec::new();
    for (at, promoted) in told {
        outcomes.push(shop.promote(day(at), promoted.clone()).await.unwrap());
    }
    assert_eq!(outcomes[..2], [Done::Applied, Done::Applied]);
    assert_eq!(shop.promote(day(30), everything.clone()).await.unwrap(), Done::Duplicate);
    shop.promote(day(30), promoted(3, 1, 200_000, variants(&of_b))).await.unwrap();
    let shown = async |today: i64, variant: &str| {
        clock.advance(day(today).duration_since(clock.now()).unsigned_abs());
        price(&shop, variant, "currency=EUR").await.1
    };
    assert_eq!(shown(9, &of_a).await["amountMinor"], 1_000);
    let at_first = shown(12, &of_a).await;
    assert_eq!((&at_first["amountMinor"], &at_first["listAmountMinor"]), (&json!(900), &json!(1_000)));
    assert_eq!(at_first["promotions"][0]["name"], "Sale 1");
    assert_eq!(at_first["reduction"]["lowestPriorMinor"], 1_000);
    let (after, turned) = (shown(22, &of_a).await, shown(22, &of_b).await);
    assert_eq!(
        (&after["amountMinor"], &after["reduction"], &turned["amountMinor"]),
        (&json!(1_000), &Value::Null, &json!(900))
    );
    let (half, stacked) = (shown(31, &of_a).await, shown(31, &of_b).await);
    // What was paid on the days from 10 to 20 is the lowest of the 30 days before.
    assert_eq!((&half["amountMinor"], &half["reduction"]["lowestPriorMinor"]), (&json!(500), &json!(900)));
    assert_eq!((&stacked["amountMinor"], stacked["promotions"].as_array().unwrap().len()), (&json!(360), 3));
    assert_eq!(stacked["reduction"]["since"], turned["reduction"]["since"], "without a rise it is one reduction");
    // A promotion that is ended keeps what it was.
    let ended = Promoted { valid_until: Some(day(40)), ..everything };
    shop.promote(day(39), Promoted { revision: 2, ..ended }).await.unwrap();
    assert_eq!(shown(41, &of_a).await["amountMinor"], 1_000);
    shop.price("eur", &[(&a, "a", Some(800))]).await;
    assert_eq!(shown(42, &of_a).await["reduction"]["lowestPriorMinor"], 500);
}
