//! What payments ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use contracts::identity::UserDeleted;
use contracts::orders::{PaymentUnwanted, RefundDue, RefundReason};
use contracts::payments::CaptureMode;
use kit::Deadline;
use kit::http::endpoint;
use payments::api;
use payments::consumers::forget_user::forget_user;
use payments::consumers::sweep_payments::sweep_payments;
use serde_json::json;
use testkit::finished;
use tests::{budget, cost};
use types::RefundId;

use crate::identity_support::stage;
use crate::orders_support::event;
use crate::payments_support::{Till, order_facts};

#[tokio::test]
async fn payments_keep_to_their_budget() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    // Payment and customer with the standing; the payment with its entry, due time and pointer; then what the provider said.
    budget("payments-start-payment", "started", &till.start(&buyer).await);
    // The payment; what the provider says is known.
    budget("payments-start-payment", "again", &till.start(&buyer).await);
    let hook = json!({ "payment": buyer.at_provider(), "reference": buyer.payment().to_string() });
    till.stripe.pay(&buyer.at_provider());
    budget("payments-receive-payment-webhook", "captured", &till.webhook(&hook).await);
    budget("payments-receive-payment-webhook", "again", &till.webhook(&hook).await);
    // An event that does not say whose it is: the reference first.
    let unstated = json!({ "payment": buyer.at_provider() });
    budget("payments-receive-payment-webhook", "unstated", &till.webhook(&unstated).await);
    budget("payments-refresh-payment", "known", &till.refresh(&buyer).await);
    budget("payments-get-payment", "found", &till.read_as(&buyer.who, buyer.payment()).await);
    // The request before the provider is called, and its answer.
    budget("payments-refund-payment", "refunded", &till.refund(&buyer, "key", 100).await);
    budget("payments-refund-payment", "again", &till.refund(&buyer, "key", 100).await);
    let admin = endpoint(api::get_admin_payment::get_admin_payment, till.ctx, stage());
    let path = [("id", buyer.payment().to_string())];
    let read = till.call(&till.manager, &admin, ("GET", "", ""), &path, None).await;
    budget("payments-get-admin-payment", "found", &read);
    // Eight partitions of the index.
    budget("payments-list-payments", "one", &till.payments("").await);
    budget("payments-list-payment-attention", "none", &till.attention().await);
    budget("payments-list-unmatched-payments", "none", &till.unmatched().await);
}

#[tokio::test]
async fn authorizations_keep_to_their_budget() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
    till.paid(&buyer).await;
    budget("payments-capture-payment", "captured", &till.capture(&buyer, "key", 100, false).await);
    let other = till.guest("key", CaptureMode::OnShipment).await;
    till.paid(&other).await;
    budget("payments-void-payment", "voided", &till.void(&other).await);
}

#[tokio::test]
async fn methods_keep_to_their_budget() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    budget("payments-add-payment-method", "first", &till.save_method(&buyer.who, "key").await);
    till.stripe.finish_setups();
    let saved = till.save_method(&buyer.who, "key").await;
    budget("payments-add-payment-method", "saved", &saved);
    let method = saved.body["method"]["id"].as_str().unwrap().to_owned();
    budget("payments-list-payment-methods", "one", &till.methods(&buyer.who).await);
    budget("payments-set-default-payment-method", "set", &till.set_default(&buyer.who, &method).await);
    budget("payments-delete-payment-method", "deleted", &till.delete_method(&buyer.who, &method).await);
}

#[tokio::test]
async fn consumers_of_payments_keep_to_their_budget() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    let (order, refund_id) = (order_facts(&buyer), RefundId::generate());
    let due = RefundDue {
        order: order.clone(),
        refund_id,
        amount_minor: 100,
        capture_total_minor: None,
        reason: RefundReason::Returned,
    };
    budget("payments-apply-order-events", "refund due", cost(till.hear(due.clone())).await);
    budget("payments-apply-order-events", "refund due, again", cost(till.hear(due)).await);
    let unwanted = PaymentUnwanted { order };
    budget("payments-apply-order-events", "unwanted", cost(till.hear(unwanted)).await);
    budget("payments-sweep-payments", "nothing due", cost(sweep_payments(till.consumer)).await);
    let open = till.guest("key", CaptureMode::Immediate).await;
    assert_eq!(till.start(&open).await.status, 201);
    till.clock.advance(std::time::Duration::from_mins(3));
    budget("payments-sweep-payments", "one open payment", cost(sweep_payments(till.consumer)).await);
    let deleted = event(UserDeleted { user_id: buyer.user.unwrap() });
    let forget = async |event| finished(forget_user(till.consumer, event, Deadline::never()).await);
    budget("payments-forget-user", "one payment", cost(forget(deleted.clone())).await);
    budget("payments-forget-user", "again", cost(forget(deleted)).await);
}
