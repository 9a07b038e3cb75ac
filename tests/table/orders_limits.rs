//! How many orders a buyer may place, and how lapsed ones are found.

use contracts::payments::{PaymentCaptured, PaymentStarted};
use orders::domain::limits::{CODES, GUEST_CODES, MAX_UNPAID, MAX_UNPAID_OF_GUESTS, ORDERS};
use orders::store::LapsedCursor;
use serde_json::json;

use crate::orders_carts_support::Who;
use crate::orders_checkout_support::{Desk, code, no_details, payment};

#[tokio::test]
async fn a_user_has_five_unpaid_orders_at_most() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 50, &no_details()).await;
    let ann = desk.shop.person("ann@example.com").await;
    let mut orders = Vec::new();
    for number in 0..MAX_UNPAID {
        let (cart, who) = desk.filled(&ann.who, &[(goods, 1)]).await;
        let placed = desk.place(&who, &cart, &number.to_string()).await;
        assert_eq!(placed.status, 201, "{}", placed.body);
        orders.push(placed.body);
    }
    let (cart, who) = desk.filled(&ann.who, &[(goods, 1)]).await;
    let refused = desk.place(&who, &cart, "next").await;
    assert_eq!((refused.status, code(&refused).as_str()), (429, "orders.too_many_unpaid"));
    assert_eq!(desk.units(goods).await, (45, 5));
    // The same request as before still returns its order; an order that is paid or cancelled makes room for another.
    assert_eq!(desk.place(&who, &cart, "0").await.status, 201);
    assert_eq!(desk.cancel(&who, &orders[0], "1", &json!({})).await.status, 200);
    assert_eq!(desk.place(&who, &cart, "next").await.status, 201);
    desk.hear(PaymentCaptured { payment: payment(&orders[1]), captured_minor: 1_490 }).await.unwrap();
    let (cart, who) = desk.filled(&ann.who, &[(goods, 1)]).await;
    assert_eq!(desk.place(&who, &cart, "paid").await.status, 201);
    // What has lapsed does not count, whether somebody ended it or not. A payment in progress does.
    desk.hear(PaymentStarted { payment: payment(&orders[2]) }).await.unwrap();
    desk.wait(700);
    for number in 1..MAX_UNPAID {
        let (cart, who) = desk.filled(&ann.who, &[(goods, 1)]).await;
        assert_eq!(desk.place(&who, &cart, &format!("later{number}")).await.status, 201);
    }
    let (cart, who) = desk.filled(&ann.who, &[(goods, 1)]).await;
    assert_eq!(code(&desk.place(&who, &cart, "last").await), "orders.too_many_unpaid");
}

#[tokio::test]
async fn attempts_to_place_an_order_are_limited() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 1, &no_details()).await;
    let ann = desk.shop.person("ann@example.com").await;
    let (cart, who) = desk.filled(&ann.who, &[(goods, 2)]).await;
    for number in 0..ORDERS.max() {
        assert_eq!(code(&desk.place(&who, &cart, &number.to_string()).await), "orders.out_of_stock");
    }
    assert_eq!(code(&desk.place(&who, &cart, "next").await), "request.limit_exceeded");
}

#[tokio::test]
async fn codes_that_are_added_are_limited_whether_or_not_they_exist() {
    let desk = Desk::start().await;
    let shop = &desk.shop;
    shop.assortment(1).await;
    let body = json!({
        "name": "Spring", "effect": { "kind": "order_percentage", "rate": 100_000 },
        "validFrom": "2020-01-01T00:00:00Z", "codes": ["SPRING"],
    });
    assert_eq!(shop.set_promotion(&types::Uuid::now_v7().to_string(), &body).await.status, 200);
    let ann = shop.person("ann@example.com").await;
    let (cart, _) = shop.cart(&ann.who).await;
    assert_eq!(shop.add_code(&ann.who, &cart, "SPRING").await.status, 200);
    for number in 1..CODES.max() {
        let guess = shop.add_code(&ann.who, &cart, &format!("GUESS{number}")).await;
        assert_eq!((guess.status, code(&guess).as_str()), (404, "orders.no_such_code"));
    }
    // A guesser learns nothing of codes that exist either.
    for name in ["SPRING", "GUESS"] {
        let refused = shop.add_code(&ann.who, &cart, name).await;
        assert_eq!((refused.status, code(&refused).as_str()), (429, "request.limit_exceeded"));
    }
    // Guests share the limit of their network address, whatever their cart is.
    for number in 0..GUEST_CODES.max() {
        let (cart, guest) = shop.cart(&Who::Nobody).await;
        let unknown = shop.add_code(&guest, &cart, &format!("GUESS{number}")).await;
        assert_eq!(unknown.status, 404, "{}", unknown.body);
    }
    let (cart, guest) = shop.cart(&Who::Nobody).await;
    assert_eq!(code(&shop.add_code(&guest, &cart, "SPRING").await), "request.limit_exceeded");
}

#[tokio::test]
async fn guests_of_a_network_address_share_a_number_of_unpaid_orders() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 50, &no_details()).await;
    let (address, other) = ("203.0.113.7", "203.0.113.8");
    for _ in 0..MAX_UNPAID_OF_GUESTS {
        let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
        assert_eq!(desk.place_from(address, &guest, "1", &json!({ "cartId": cart })).await.status, 201);
    }
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    let refused = desk.place_from(address, &guest, "1", &json!({ "cartId": cart })).await;
    assert_eq!((refused.status, code(&refused).as_str()), (429, "orders.too_many_unpaid"));
    assert_eq!(desk.place_from(other, &guest, "1", &json!({ "cartId": cart })).await.status, 201);
}

#[tokio::test]
async fn each_lapsed_order_is_found_behind_older_ones() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(2).await;
    desk.stock(&goods, 50, &no_details()).await;
    for _ in 0..20 {
        desk.order(&[(goods[0], 1)]).await;
    }
    let (_, last) = desk.order(&[(goods[1], 1)]).await;
    desk.wait(700);
    let now = desk.clock.now();
    let (mut cursor, mut found) = (LapsedCursor::with_pages_of(1, now), Vec::new());
    while !cursor.is_done() {
        let page = desk.ctx.store.lapsed_page(&mut cursor).await.unwrap();
        found.extend(page.into_iter().map(|entry| entry.order_id.to_string()));
    }
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 21);
    let holding = desk.ctx.store.lapsed_with(now, &[goods[1]].into(), 20).await.unwrap();
    assert_eq!(holding.iter().map(ToString::to_string).collect::<Vec<_>>(), [last["id"].as_str().unwrap()]);
}
