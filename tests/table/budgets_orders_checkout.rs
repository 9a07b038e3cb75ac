//! What placing, cancelling and settling orders ask of the table. The figures are in `tests/budgets.json`; the comments here
//! explain them.

use contracts::orders::{OrderFacts, OrderPlaced};
use contracts::payments::{PaymentCaptured, PaymentClosed, PaymentStarted};
use serde_json::json;
use tests::{Cost, budget, budget_at_most, cost};
use types::Uuid;

use crate::identity_support::stage;
use crate::orders_carts_support::{Who, ten_percent};
use crate::orders_checkout_support::{Desk, bundle, payment};

#[tokio::test]
async fn placing_keeps_to_its_budget() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(6).await;
    desk.stock(&goods, 500, &json!({ "parts": 1 })).await;
    let set = bundle(&desk, &[(goods[4], 1), (goods[5], 2)]).await;
    let limits = json!({ "total": 100, "perAccount": 1 });
    let promotion = Uuid::now_v7().to_string();
    assert_eq!(desk.shop.set_promotion(&promotion, &ten_percent(&["SPRING"], &limits)).await.status, 200);
    let ann = desk.shop.person("ann@example.com").await;
    let lines = [(goods[0], 1), (goods[1], 2), (goods[2], 1), (goods[3], 1), (set, 1)];
    let (cart, who) = desk.filled(&ann.who, &lines).await;
    assert_eq!(desk.shop.add_code(&who, &cart, "SPRING").await.status, 200);
    // Cart and order, with the standing; settings, variants, code and uses; stock; then all of it in one transaction.
    let placed = desk.place(&who, &cart, "1").await;
    assert_eq!(placed.status, 201, "{}", placed.body);
    budget("orders-place-order", "five lines with a bundle and a code", &placed);
    budget("orders-place-order", "the same request again", &desk.place(&who, &cart, "1").await);
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods[0], 1)]).await;
    let order = desk.place(&guest, &cart, "1").await;
    budget("orders-place-order", "one line of a guest", &order);
    let (cart, short) = desk.filled(&Who::Nobody, &[(goods[0], 1_000)]).await;
    // The stock, and orders that have lapsed in eight partitions of the index; then the stock again, and an order of the same
    // request.
    budget("orders-place-order", "out of stock", Cost::refused(&desk.place(&short, &cart, "1").await));
    desk.shop.hear_price(goods[1], "base", 1_500, 2).await.unwrap();
    let (cart, seen) = desk.filled(&Who::Nobody, &[(goods[1], 1)]).await;
    desk.shop.hear_price(goods[1], "base", 1_600, 3).await.unwrap();
    // The cart keeps the price that the buyer is told.
    budget("orders-place-order", "price risen", Cost::refused(&desk.place(&seen, &cart, "1").await));
    let order = order.body;
    budget("orders-get-order", "held", &desk.get(&guest, order["id"].as_str().unwrap()).await);
    budget("orders-get-order", "by number", &desk.get(&guest, order["number"].as_str().unwrap()).await);
    // The claim of the number and the limit; the order; the order with the key. Each depends on the one before: the README of `orders`
    // says what two round trips would cost.
    let number = order["number"].as_str().unwrap();
    budget("orders-create-guest-key", "created", &desk.guest_key(number, "ann@example.com").await);
    let wrong = desk.guest_key(number, "bob@example.com").await;
    budget("orders-create-guest-key", "another address", Cost::refused(&wrong));
    budget("orders-list-orders", "one", &desk.list(&ann.who, "").await);
    budget("orders-list-all-orders", "held", &desk.list_all(&desk.shop.manager(), "state=held").await);
    // Order, entry, and one part of the stock.
    budget("orders-cancel-order", "held", &desk.cancel(&guest, &order, "1", &json!({})).await);
    budget("orders-cancel-order", "again", &desk.cancel(&guest, &order, "1", &json!({})).await);
}

#[tokio::test]
async fn settling_keeps_to_its_budget() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await;
    desk.stock(&goods, 500, &json!({ "parts": 1 })).await;
    let (_, order) = desk.order(&[(goods[0], 1)]).await;
    budget("orders-settle-payments", "started", cost(desk.hear(PaymentStarted { payment: payment(&order) })).await);
    let captured = || PaymentCaptured { payment: payment(&order), captured_minor: 1_490 };
    budget("orders-settle-payments", "captured", cost(desk.hear(captured())).await);
    budget("orders-settle-payments", "captured, again", cost(desk.hear(captured())).await);
    let (_, closed) = desk.order(&[(goods[0], 1)]).await;
    // The order, its entry, and the part of the stock that is free again.
    budget("orders-settle-payments", "closed", cost(desk.hear(PaymentClosed { payment: payment(&closed) })).await);
    let facts = OrderFacts {
        order_id: order["id"].as_str().unwrap().parse().unwrap(),
        number: order["number"].as_str().unwrap().to_owned(),
        user_id: None,
        currency: order["currency"].as_str().unwrap().parse().unwrap(),
        total_minor: 1_490,
        placed_at: desk.clock.now(),
    };
    let placed = OrderPlaced { order: facts, lines: Vec::new() };
    budget("orders-refresh-availability", "unchanged", cost(desk.refresh(placed.clone())).await);
    let (_, _) = desk.order(&[(goods[0], 499)]).await;
    budget("orders-refresh-availability", "changed", cost(desk.refresh(placed)).await);
    budget("orders-sweep-orders", "nothing", cost(desk.sweep()).await);
    desk.wait(700);
    // One order; its partition of the index is chance.
    budget_at_most("orders-sweep-orders", "one", cost(desk.sweep()).await);
}

#[tokio::test]
async fn checkout_settings_keep_to_their_budget() {
    let desk = Desk::start().await;
    let get = kit::http::endpoint(orders::api::get_checkout_settings::get_checkout_settings, desk.ctx, stage());
    let set = kit::http::endpoint(orders::api::set_checkout_settings::set_checkout_settings, desk.ctx, stage());
    let body =
        json!({ "isOpen": true, "captureMode": "immediate", "returnDays": 30, "seller": null, "invoicePrefix": "A" });
    budget("orders-set-checkout-settings", "set", &desk.shop.settings(&set, Some(0), "", Some(&body)).await);
    budget("orders-get-checkout-settings", "read", &desk.shop.settings(&get, None, "", None).await);
}
