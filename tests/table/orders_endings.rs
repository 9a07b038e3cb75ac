//! How orders end before anything is shipped: holds that lapse, and cancellations.

use contracts::payments::{PaymentCaptured, PaymentClosed, PaymentStarted, RefundSucceeded};
use kit::sqs::{Done, Failure};
use serde_json::json;
use types::RefundId;

use crate::orders_carts_support::Who;
use crate::orders_checkout_support::{Desk, code, no_details, payment};

#[tokio::test]
async fn a_lapsed_order_gives_way_to_a_buyer_without_any_sweep() {
    // vendurehq/vendure#3065: A's hold is over, B takes the unit; A's payment that starts then is not wanted.
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 1, &no_details()).await;
    let (a, held) = desk.order(&[(goods, 1)]).await;
    let (cart, b) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    desk.wait(600);
    assert_eq!(code(&desk.place(&b, &cart, "1").await), "orders.out_of_stock");
    assert!(desk.get(&a, held["id"].as_str().unwrap()).await.body["quote"].is_null());
    desk.wait(2);
    assert_eq!(desk.state(&a, &held).await, "lapsed", "a hold that is over is shown as lapsed before anybody ends it");
    assert_eq!(desk.place(&b, &cart, "1").await.status, 201);
    assert_eq!(desk.units(goods).await, (0, 1));
    assert!(desk.published().await.contains(&"orders.order_lapsed".to_owned()));
    desk.hear(PaymentStarted { payment: payment(&held) }).await.unwrap();
    desk.hear(PaymentCaptured { payment: payment(&held), captured_minor: 1_490 }).await.unwrap();
    assert!(desk.published().await.contains(&"orders.payment_unwanted".to_owned()));
    assert_eq!(desk.state(&a, &held).await, "lapsed");
}

#[tokio::test]
async fn the_sweep_ends_holds_and_leaves_payments_alone() {
    // woocommerce/woocommerce-gateway-stripe#5759.
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 3, &no_details()).await;
    let (a, held) = desk.order(&[(goods, 1)]).await;
    let (b, paying) = desk.order(&[(goods, 1)]).await;
    desk.hear(PaymentStarted { payment: payment(&paying) }).await.unwrap();
    desk.sweep().await.unwrap();
    assert_eq!(desk.units(goods).await, (1, 2));
    desk.wait(4_000);
    desk.sweep().await.unwrap();
    desk.sweep().await.unwrap();
    assert_eq!((desk.state(&a, &held).await, desk.state(&b, &paying).await), ("lapsed".into(), "paying".into()));
    assert_eq!(desk.units(goods).await, (2, 1));
    desk.hear(PaymentClosed { payment: payment(&paying) }).await.unwrap();
    assert_eq!(desk.hear(PaymentClosed { payment: payment(&paying) }).await.unwrap(), Done::Duplicate);
    assert_eq!((desk.state(&b, &paying).await.as_str(), desk.units(goods).await), ("lapsed", (3, 0)));
}

#[tokio::test]
async fn a_cancelled_order_frees_its_units_and_owes_its_money() {
    // reactioncommerce/reaction#4931, woocommerce/woocommerce#11867.
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let (guest, order) = desk.order(&[(goods, 3)]).await;
    desk.hear(PaymentCaptured { payment: payment(&order), captured_minor: 3_490 }).await.unwrap();
    let one = json!({ "lines": [{ "line": 0, "quantity": 1 }] });
    assert_eq!(desk.cancel(&guest, &order, "1", &one).await.status, 403);
    let manager = desk.shop.manager();
    for _ in 0..2 {
        let cancelled = desk.cancel(&manager, &order, "1", &one).await;
        assert_eq!((cancelled.status, &cancelled.body["lines"][0]["cancelled"]), (200, &json!(1)));
    }
    let two = json!({ "lines": [{ "line": 0, "quantity": 2 }] });
    assert_eq!(code(&desk.cancel(&manager, &order, "1", &two).await), "request.idempotency_key_reused");
    assert_eq!(desk.units(goods).await, (3, 2));
    let cancelled = desk.cancel(&guest, &order, "2", &json!({})).await;
    assert_eq!((cancelled.status, cancelled.body["state"].as_str()), (200, Some("cancelled")));
    assert_eq!(desk.units(goods).await, (5, 0));
    assert_eq!(code(&desk.cancel(&guest, &order, "3", &json!({})).await), "orders.not_cancellable");
    let refunds = desk.published().await.into_iter().filter(|name| name == "orders.refund_due").count();
    assert_eq!(refunds, 1, "the last write of the order has the second refund");
}

#[tokio::test]
async fn a_cancellation_during_the_payment_waits_for_the_provider() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let (guest, order) = desk.order(&[(goods, 1)]).await;
    desk.hear(PaymentStarted { payment: payment(&order) }).await.unwrap();
    let cancelled = desk.cancel(&guest, &order, "1", &json!({})).await;
    assert_eq!((cancelled.body["state"].as_str(), desk.units(goods).await), (Some("cancelling"), (4, 1)));
    desk.hear(PaymentCaptured { payment: payment(&order), captured_minor: 1_490 }).await.unwrap();
    assert_eq!(desk.state(&guest, &order).await, "cancelling");
    let refund_id = RefundId::generate();
    desk.hear(RefundSucceeded { payment: payment(&order), refund_id, refunded_minor: 1_490 }).await.unwrap();
    assert_eq!((desk.state(&guest, &order).await.as_str(), desk.units(goods).await), ("cancelled", (5, 0)));
    let unknown = PaymentStarted {
        payment: contracts::payments::PaymentSummary { order_id: types::OrderId::generate(), ..payment(&order) },
    };
    assert!(matches!(desk.hear(unknown).await, Err(Failure::Poison(_))));
}

#[tokio::test]
async fn a_manager_ends_a_cancellation_that_waits_for_ever() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let (guest, order) = desk.order(&[(goods, 1)]).await;
    desk.hear(PaymentStarted { payment: payment(&order) }).await.unwrap();
    let manager = desk.shop.manager();
    for _ in 0..2 {
        let cancelled = desk.cancel(&manager, &order, "1", &json!({})).await;
        assert_eq!((cancelled.status, cancelled.body["state"].as_str()), (200, Some("cancelling")));
    }
    assert_eq!(code(&desk.cancel(&guest, &order, "2", &json!({})).await), "orders.not_cancellable");
    for _ in 0..2 {
        let ended = desk.cancel(&manager, &order, "3", &json!({})).await;
        assert_eq!((ended.status, ended.body["state"].as_str()), (200, Some("cancelled")), "{}", ended.body);
    }
    assert_eq!(desk.units(goods).await, (5, 0));
    desk.hear(PaymentCaptured { payment: payment(&order), captured_minor: 1_490 }).await.unwrap();
    assert!(desk.published().await.contains(&"orders.payment_unwanted".to_owned()));
}
