//! `payments-apply-order-events` on `orders.refund_due.v1`, `orders.payment_unwanted.v1`, `orders.shipment_shipped.v1`

use contracts::orders::{OrderFacts, PaymentUnwanted, RefundDue, RefundReason, ShipmentShipped};
use contracts::payments::CaptureMode;
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use tests::{Cloud, OrderToPay, money};
use types::{EventId, LocationId, RefundId};

fn facts(order: &OrderToPay) -> OrderFacts {
    let total = money(10_000, "EUR");
    OrderFacts {
        order_id: order.order,
        number: "7ZK2M0QX9D".to_owned(),
        user_id: None,
        currency: total.currency,
        total_minor: total.amount_minor,
        placed_at: Timestamp::now(),
    }
}

async fn publish<T: DomainEvent>(cloud: &Cloud, fact: T) {
    let correlation = EventId::generate().to_string();
    cloud.publish(&Envelope::new(EventId::generate(), Timestamp::now(), correlation, Actor::System, fact)).await;
}

#[tokio::test]
async fn what_is_owed_is_refunded_once() {
    let cloud = Cloud::connect().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    cloud.pay_by_card(&order).await;
    let (refund_id, reason) = (RefundId::generate(), RefundReason::Returned);
    for _ in 0..3 {
        publish(
            &cloud,
            RefundDue { order: facts(&order), refund_id, amount_minor: 2_500, capture_total_minor: None, reason },
        )
        .await;
    }
    let refunded = cloud.payment_until(&order, |payment| payment["refundedMinor"] == 2_500).await;
    assert_eq!(refunded["refunds"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_payment_that_nobody_wants_is_refunded_or_closed() {
    let cloud = Cloud::connect().await;
    let paid = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    cloud.pay_by_card(&paid).await;
    publish(&cloud, PaymentUnwanted { order: facts(&paid) }).await;
    cloud.payment_until(&paid, |payment| payment["status"] == "refunded").await;
    let open = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    drop(cloud.start_payment(&open, "stripe").await.expect(201));
    publish(&cloud, PaymentUnwanted { order: facts(&open) }).await;
    cloud.payment_until(&open, |payment| payment["status"] == "closed").await;
}

#[tokio::test]
async fn what_was_shipped_is_captured() {
    let cloud = Cloud::connect().await;
    let order = cloud.guest_order_to_pay(CaptureMode::OnShipment).await;
    cloud.pay_by_card(&order).await;
    let shipped = ShipmentShipped {
        order: facts(&order),
        shipment: 1,
        location_id: LocationId::generate(),
        lines: Vec::new(),
        capture_minor: 10_000,
        capture_total_minor: Some(10_000),
        is_last: true,
    };
    publish(&cloud, shipped.clone()).await;
    publish(&cloud, shipped).await;
    cloud.payment_until(&order, |payment| payment["capturedMinor"] == 10_000).await;
    // The order has no such shipment, so there is nothing to tell its buyer.
    assert_eq!(cloud.take_dead_letters(&order.order.to_string(), 2).await.len(), 2);
}
