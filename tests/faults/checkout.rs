//! A checkout whose functions are killed before and after each write and each call to the provider: nothing is done twice, nothing
//! is paid without an order, and nothing is held for ever.

use std::time::Duration;

use contracts::payments::CaptureMode;
use serde_json::{Value, json};
use tests::carts::{call, order_call, ready_cart_with};
use tests::{Call, Charged, Cloud, OrderToPay, PayingBuyer, User, eventually_within};

use crate::abandoned::set_capture;
use crate::kills::{Kill, inject, is_met, kill, killed};

/// A failed message is delivered again several times.
const SOME_TIME: Duration = Duration::from_mins(1);
/// Units in stock.
const UNITS: i64 = 20;

const PLACE: &str = "orders-place-order";
const START: &str = "payments-start-payment";
const WEBHOOK: &str = "payments-receive-payment-webhook";
const SETTLE: &str = "orders-settle-payments";
const APPLY: &str = "payments-apply-order-events";

/// A guest's checkout of one unit.
struct Checkout {
    cart: String,
    key: String,
    variant: String,
    location: String,
    manager: User,
}

impl Checkout {
    async fn ready(cloud: &Cloud) -> Self {
        let manager = cloud.manager().await;
        set_capture(cloud, &manager, CaptureMode::OnShipment).await;
        let (cart, key, variant) = ready_cart_with(cloud, UNITS).await;
        let stock = cloud.stock(&manager, &variant).await.expect(200);
        let location = stock["levels"][0]["locationId"].as_str().unwrap().to_owned();
        Self { cart, key, variant, location, manager }
    }

    /// A request of the guest, or of a manager, that fails because its function is killed, and then succeeds.
    async fn twice(cloud: &Cloud, at: &Kill<'_>, call: impl Fn() -> Call) -> Value {
        let failed = killed(cloud, at, call().send()).await;
        assert!(failed.status >= 500, "{at:?}: {}", failed.body);
        let done = call().send().await;
        assert!(done.status < 300, "{at:?}: {}", done.body);
        done.body
    }

    fn place(&self, cloud: &Cloud) -> Call {
        let call = cloud.post("/v1/commerce/orders").header("guest-key", &self.key).header("idempotency-key", "place");
        call.json(&json!({ "cartId": self.cart }))
    }

    fn by_manager(&self, cloud: &Cloud, path: &str, body: &Value) -> Call {
        let call = cloud.post(path).bearer(&self.manager.access_token).header("idempotency-key", "manager");
        call.json(body)
    }

    /// The order as the guest sees it.
    async fn order(&self, cloud: &Cloud, id: &str) -> Value {
        let path = format!("/v1/commerce/orders/{id}");
        order_call(cloud, ("GET", &path), None, Some(&self.key), "", None).await.expect(200)
    }

    async fn order_until(&self, cloud: &Cloud, id: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        eventually_within(SOME_TIME, what, async || {
            let order = self.order(cloud, id).await;
            is(&order).then_some(order)
        })
        .await
    }

    /// On hand and free units.
    async fn units(&self, cloud: &Cloud) -> (Value, Value) {
        let stock = cloud.stock(&self.manager, &self.variant).await.expect(200);
        (stock["levels"][0]["onHand"].clone(), stock["levels"][0]["free"].clone())
    }
}

/// What the provider has of a payment.
async fn at_provider(cloud: &Cloud, payment: &str) -> Charged {
    cloud.charged(payment).await.expect("a payment at the provider")
}

/// Starts the payment; the function is killed at each of its writes and at its call.
async fn started(cloud: &Cloud, to_pay: &OrderToPay, when: &str) -> Value {
    let item = format!("payments#payment#{}", to_pay.payment());
    let body = json!({ "quote": to_pay.quote, "provider": "stripe" });
    let start = || to_pay.authenticate(cloud.post(tests::PAYMENTS)).json(&body);
    for kill in [
        Kill::write(START, &item, when),
        Kill::call(START, "CreatePayment", when),
        Kill::write(START, "payments#reference#stripe", when),
    ] {
        let failed = killed(cloud, &kill, start().send()).await;
        assert!(failed.status >= 500, "{kill:?}: {}", failed.body);
    }
    start().send().await.expect(201)
}

/// The guest pays; the webhook's function and the order's consumer are killed.
async fn paid(cloud: &Cloud, client_secret: &Value, when: &str) {
    let before = cloud.log_lines(WEBHOOK);
    let confirms = Kill::write(SETTLE, "orders.order_confirmed", when);
    inject(cloud, &confirms).await;
    let find = Kill::call(WEBHOOK, "FindPayment", "after");
    killed(cloud, &find, cloud.confirm_in_form(client_secret, "pm_card_visa")).await;
    let write = Kill::write(WEBHOOK, "payments.payment_authorized", when);
    killed(cloud, &write, async {}).await;
    is_met(cloud, &confirms).await;
    kill(cloud, SETTLE).await;
    // The webhook is repeated until it is answered. Later it would do what the consumers are to do.
    let is_answered = async || (cloud.log_lines(WEBHOOK) > before).then_some(());
    eventually_within(SOME_TIME, "the webhook's answer", is_answered).await;
}

/// Waits for a consumer to do what follows from an event, and kills it at each step.
async fn applied(cloud: &Cloud, kills: &[Kill<'_>]) {
    for (place, at) in kills.iter().enumerate() {
        if place > 0 {
            inject(cloud, at).await;
        }
        is_met(cloud, at).await;
        kill(cloud, at.binary).await;
    }
}

async fn checkout(cloud: &Cloud, when: &str) {
    cloud.clear_faults().await;
    let checkout = Checkout::ready(cloud).await;
    let confirmed = cloud.watch("orders.order_confirmed.v1").await;
    let placed = Checkout::twice(cloud, &Kill::write(PLACE, &checkout.variant, when), || checkout.place(cloud)).await;
    let (order, total) = (placed["id"].as_str().unwrap(), placed["totalMinor"].as_i64().unwrap());
    assert_eq!(checkout.units(cloud).await, (json!(UNITS), json!(UNITS - 1)), "reserved once");

    let buyer = PayingBuyer::Guest(checkout.key.clone());
    let quote = placed["quote"].as_str().unwrap().to_owned();
    let to_pay = OrderToPay { buyer, order: order.parse().unwrap(), quote };
    let session = started(cloud, &to_pay, when).await;
    paid(cloud, &session["clientSecret"], when).await;
    checkout.order_until(cloud, order, "the confirmed order", |order| order["state"] == "confirmed").await;

    // The webhooks are lost, so that the consumer alone writes what the provider did.
    let payment = to_pay.payment();
    let lost = json!({ "service": "payments", "operation": "Webhook", "error": "lost", "count": 100 });
    cloud.inject(&lost).await;
    let item = format!("payments#payment#{payment}");
    let captures = [
        Kill::write(APPLY, &item, when),
        Kill::call(APPLY, "CapturePayment", when),
        Kill::write(APPLY, "payments.payment_captured", when),
    ];
    inject(cloud, &captures[0]).await;
    let path = format!("/v1/commerce/orders/{order}/shipments");
    let units = json!({ "locationId": checkout.location, "units": [{ "line": 0, "quantity": 1 }], "carrier": "DHL" });
    let ship = Kill::write("orders-create-shipment", "orders.shipment_shipped", when);
    let shipment = Checkout::twice(cloud, &ship, || checkout.by_manager(cloud, &path, &units)).await;
    assert_eq!(shipment["number"], 1);
    applied(cloud, &captures).await;
    let is_captured = |order: &Value| order["payment"]["capturedMinor"] == total;
    checkout.order_until(cloud, order, "the captured order", is_captured).await;

    let refunds = [
        Kill::write(APPLY, &item, when),
        Kill::call(APPLY, "CreateRefund", when),
        Kill::write(APPLY, "payments.refund_succeeded", when),
    ];
    returned(cloud, &checkout, order, when, &refunds).await;
    let is_refunded = |order: &Value| order["payment"]["refundedMinor"] == total;
    checkout.order_until(cloud, order, "the refunded order", is_refunded).await;
    cloud.clear_faults().await;

    // The unit left, came back and is free again. One payment was captured once and refunded once.
    assert_eq!(checkout.units(cloud).await, (json!(UNITS), json!(UNITS)));
    let Charged { charged, refunded, .. } = at_provider(cloud, &payment).await;
    assert_eq!((charged, refunded), (total, total), "{when}");
    let admin = format!("/v1/commerce/admin/payments/{payment}");
    let shown = call(cloud, "GET", &admin, &checkout.manager, None).await.expect(200);
    assert_eq!((&shown["status"], &shown["attention"]), (&json!("refunded"), &json!([])), "{shown}");
    let mut facts = confirmed.take().await;
    facts.retain(|event| event["data"]["order"]["orderId"] == order);
    assert_eq!(facts.len(), 1, "confirmed once");
    set_capture(cloud, &checkout.manager, CaptureMode::Immediate).await;
}

/// The guest sends the unit back, and the shop receives it: the whole amount is owed.
async fn returned(cloud: &Cloud, checkout: &Checkout, order: &str, when: &str, refunds: &[Kill<'_>]) {
    let path = format!("/v1/commerce/orders/{order}/returns");
    let body = json!({ "lines": [{ "line": 0, "quantity": 1 }], "reason": "not_wanted" });
    let ask = || {
        let call = cloud.post(&path).header("guest-key", &checkout.key).header("idempotency-key", "return");
        call.json(&body)
    };
    let write = Kill::write("orders-create-return", "orders.return_requested", when);
    assert_eq!(Checkout::twice(cloud, &write, ask).await["number"], 1);
    inject(cloud, &refunds[0]).await;
    let receipt = json!({
        "lines": [{ "line": 0, "quantity": 1 }],
        "restock": [{ "variantId": checkout.variant, "locationId": checkout.location, "quantity": 1 }],
    });
    let path = format!("{path}/1/receipt");
    let write = Kill::write("orders-receive-return", "orders.return_received", when);
    Checkout::twice(cloud, &write, || checkout.by_manager(cloud, &path, &receipt)).await;
    applied(cloud, refunds).await;
}

#[tokio::test]
async fn a_checkout_whose_functions_are_killed_before_each_write_and_call_is_done_once() {
    checkout(&Cloud::connect_for_faults().await, "before").await;
}

#[tokio::test]
async fn a_checkout_whose_functions_are_killed_after_each_write_and_call_is_done_once() {
    checkout(&Cloud::connect_for_faults().await, "after").await;
}
