//! Payments that are captured when units are shipped, and refunds that are due beside them.

use contracts::orders::{OrderCancelled, RefundDue, ShipmentShipped};
use contracts::payments::CaptureMode;
use kit::consumer::Done;
use payment_providers::FactStatus;
use payments::domain::attention::AttentionKind;
use serde_json::json;
use types::RefundId;

use crate::payments_acquirer_support::{Acquirer, Fault};
use crate::payments_support::{Buyer, Till, order_facts, refund_due, shipped, unwanted};

#[tokio::test]
async fn a_refund_that_was_due_before_its_capture_was_heard_of_is_done() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.start(&buyer).await.status, 201);
    till.stripe.pay(&buyer.at_provider());
    assert_eq!(till.hear(refund_due(&buyer, RefundId::generate(), 10_000)).await.unwrap(), Done::Applied);
    assert_eq!(till.stripe.kept(), 0);
}

#[tokio::test]
async fn shipments_capture_their_shares_once() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
    till.paid(&buyer).await;
    till.stripe.fail([Fault::After]);
    assert_eq!(till.hear(shipped(&buyer, 1, 3_000, false)).await.unwrap(), Done::Applied);
    assert_eq!(till.hear(shipped(&buyer, 1, 3_000, false)).await.unwrap(), Done::Duplicate);
    assert_eq!(till.hear(shipped(&buyer, 2, 7_000, true)).await.unwrap(), Done::Applied);
    till.sweep_after(5).await.unwrap();
    assert_eq!((till.stripe.kept(), till.stored(&buyer).await.status()), (10_000, FactStatus::Captured));
    // More than what was authorized needs a manager.
    assert_eq!(till.hear(shipped(&buyer, 3, 1, true)).await.unwrap(), Done::Applied);
    assert!(till.stored(&buyer).await.attention.contains_key(&AttentionKind::CaptureRefused));
    assert_eq!(till.stripe.kept(), 10_000);
    // An order that was captured at once has nothing to capture.
    let immediate = till.user("bob@example.com", CaptureMode::Immediate).await;
    till.paid(&immediate).await;
    assert_eq!(till.hear(shipped(&immediate, 1, 3_000, false)).await.unwrap(), Done::Ignored);
}

#[tokio::test]
async fn a_provider_with_one_capture_gets_it_with_the_last_shipment() {
    let till = Till::with(Acquirer::with_single_capture()).await;
    let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
    till.paid(&buyer).await;
    assert_eq!(till.hear(shipped(&buyer, 1, 3_000, false)).await.unwrap(), Done::Applied);
    assert_eq!(till.stripe.calls("capture"), 0);
    assert_eq!(till.attention().await.body["items"][0]["reason"], "capture_waiting");
    assert_eq!(till.hear(shipped(&buyer, 2, 6_000, true)).await.unwrap(), Done::Applied);
    assert_eq!((till.stripe.calls("capture"), till.stripe.kept()), (1, 9_000));
    assert_eq!(till.attention().await.body["items"], json!([]));
}

fn total(shipped: ShipmentShipped, total_minor: i64) -> ShipmentShipped {
    ShipmentShipped { capture_total_minor: Some(total_minor), ..shipped }
}

fn rest_cancelled(buyer: &Buyer, total_minor: Option<i64>) -> OrderCancelled {
    let order = order_facts(buyer);
    OrderCancelled { order, lines: Vec::new(), is_complete: false, capture_total_minor: total_minor }
}

#[tokio::test]
async fn shipments_that_are_heard_of_in_another_order_lose_no_money() {
    for acquirer in [Acquirer::default, Acquirer::with_single_capture] {
        let till = Till::with(acquirer()).await;
        let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
        till.paid(&buyer).await;
        let (first, last) =
            (total(shipped(&buyer, 1, 3_000, false), 3_000), total(shipped(&buyer, 2, 6_000, true), 9_000));
        assert_eq!(till.hear(last.clone()).await.unwrap(), Done::Applied);
        assert_eq!(till.hear(first).await.unwrap(), Done::Duplicate);
        assert_eq!(till.hear(last).await.unwrap(), Done::Duplicate);
        assert_eq!((till.stripe.calls("capture"), till.stripe.kept()), (1, 9_000));
        assert_eq!(till.attention().await.body["items"], json!([]));
    }
}

#[tokio::test]
async fn after_the_rest_is_cancelled_the_shipments_are_paid_and_the_rest_is_released() {
    for acquirer in [Acquirer::default, Acquirer::with_single_capture] {
        let till = Till::with(acquirer()).await;
        let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
        till.paid(&buyer).await;
        assert_eq!(till.hear(total(shipped(&buyer, 1, 3_000, false), 3_000)).await.unwrap(), Done::Applied);
        assert_eq!(till.hear(rest_cancelled(&buyer, None)).await.unwrap(), Done::Ignored);
        assert_eq!(till.hear(rest_cancelled(&buyer, Some(3_000))).await.unwrap(), Done::Applied);
        assert_eq!(till.hear(rest_cancelled(&buyer, Some(3_000))).await.unwrap(), Done::Duplicate);
        assert_eq!(till.stripe.kept(), 3_000);
        let payment = till.stored(&buyer).await;
        assert_eq!((payment.is_reserved(), payment.due_at(), payment.attention.len()), (false, None, 0));
    }
}

#[tokio::test]
async fn a_refund_of_what_is_still_to_be_captured_is_done_after_the_capture() {
    let till = Till::with(Acquirer::with_single_capture()).await;
    let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
    till.paid(&buyer).await;
    let (refund_id, shipment) = (RefundId::generate(), total(shipped(&buyer, 1, 3_000, false), 3_000));
    // It is heard of before the shipment that it is about.
    let due = RefundDue { capture_total_minor: Some(3_000), ..refund_due(&buyer, refund_id, 3_000) };
    assert_eq!(till.hear(due).await.unwrap(), Done::Applied);
    assert_eq!(till.hear(shipment).await.unwrap(), Done::Duplicate);
    till.sweep_after(5).await.unwrap();
    assert_eq!((till.stripe.calls("capture"), till.stripe.calls("refund")), (0, 0));
    assert_eq!(till.hear(total(shipped(&buyer, 2, 7_000, true), 10_000)).await.unwrap(), Done::Applied);
    assert_eq!((till.stripe.calls("refund"), till.stripe.kept()), (1, 7_000));
    assert!(till.stored(&buyer).await.attention.is_empty());
}

#[tokio::test]
async fn a_refund_that_is_due_after_everything_went_back_needs_no_attention() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
    till.paid(&buyer).await;
    till.hear(total(shipped(&buyer, 1, 10_000, true), 10_000)).await.unwrap();
    assert_eq!(till.hear(unwanted(&buyer)).await.unwrap(), Done::Applied);
    assert_eq!(till.hear(refund_due(&buyer, RefundId::generate(), 4_000)).await.unwrap(), Done::Duplicate);
    assert_eq!(till.stripe.kept(), 0);
    assert!(till.stored(&buyer).await.attention.is_empty());
}

#[tokio::test]
async fn managers_capture_and_void_authorizations() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
    till.paid(&buyer).await;
    let too_much = till.capture(&buyer, "all", 10_001, true).await;
    assert_eq!((too_much.status, too_much.body["code"].as_str()), (409, Some("payments.capture_too_large")));
    assert_eq!(till.capture(&buyer, "part", 4_000, false).await.body["capturedMinor"], 4_000);
    assert_eq!(till.capture(&buyer, "part", 4_000, false).await.body["capturedMinor"], 4_000);
    let void = till.void(&buyer).await;
    assert_eq!((void.status, void.body["code"].as_str()), (409, Some("payments.already_captured")));
    let other = till.guest("key", CaptureMode::OnShipment).await;
    till.paid(&other).await;
    assert_eq!(till.void(&other).await.body["status"], "closed");
    assert_eq!(till.void(&other).await.body["status"], "closed");
    assert_eq!(till.told(&other).await, ["payments.payment_closed"]);
}

#[tokio::test]
async fn an_authorization_that_ends_soon_is_told() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
    assert_eq!(till.start(&buyer).await.status, 201);
    let end = till.clock.now() + jiff::SignedDuration::from_hours(48);
    till.stripe.set(&buyer.at_provider(), |facts| facts.capture_before = Some(end));
    till.stripe.pay(&buyer.at_provider());
    assert_eq!(till.refresh(&buyer).await.status, 200);
    till.sweep_after(23 * 60).await.unwrap();
    assert_eq!(till.stored(&buyer).await.attention.len(), 0);
    till.sweep_after(2 * 60).await.unwrap();
    assert!(till.stored(&buyer).await.attention.contains_key(&AttentionKind::AuthorizationExpiring));
    assert_eq!(till.told(&buyer).await, ["payments.authorization_expiring"]);
    // The provider ended it: the order hears of it.
    till.stripe.set(&buyer.at_provider(), |facts| facts.closed = true);
    till.sweep_after(26 * 60).await.unwrap();
    assert_eq!(till.told(&buyer).await, ["payments.payment_closed"]);
    assert_eq!(till.stored(&buyer).await.attention.len(), 0);
}
