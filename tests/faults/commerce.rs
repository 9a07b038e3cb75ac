//! The events of the shop: told twice and in reverse to every consumer, told in the wrong order, and poisoned.

use std::collections::BTreeMap;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contracts::orders::{OrderFacts, RefundDue, RefundReason, ShipmentShipped};
use contracts::payments::{
    CaptureMode, PaymentAuthorized, PaymentCaptured, PaymentProviderName, PaymentStarted, PaymentSummary,
};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::carts::{call, cart_call, guest_cart, order_call, ready_cart_with, set_seller};
use tests::{Cloud, OrderToPay, PayingBuyer, User, eventually, money};
use types::{EventId, LocationId, RefundId, Uuid};

use crate::abandoned::set_capture;

/// Names of the contexts whose consumers are tested.
const CONTEXTS: [&str; 3] = ["catalog-", "orders-", "payments-"];
/// How often each event is told again.
const TIMES: usize = 2;

/// The consumers of each type of event that the shop's contexts hear of and publish themselves.
async fn consumers(cloud: &Cloud) -> BTreeMap<String, Vec<String>> {
    let mut consumers = cloud.consumers().await;
    let is_ours = |name: &str| CONTEXTS.iter().any(|context| name.starts_with(context));
    let is_told =
        |detail_type: &str| CONTEXTS.iter().any(|context| detail_type.starts_with(&context.replace('-', ".")));
    consumers.retain(|detail_type, names| is_told(detail_type) && names.iter().any(|name| is_ours(name)));
    consumers
}

/// Waits until every consumer has dealt with each of these events so often.
async fn dealt_with(cloud: &Cloud, expected: &[(String, String)], times: usize) {
    eventually("the consumers", async || {
        let log = cloud.log();
        let missing = expected.iter().find(|(consumer, correlation)| {
            let is_done = |line: &&String| {
                line.starts_with(consumer) && line.contains(correlation) && line.contains("\"outcome\":\"ok\"")
            };
            log.iter().filter(is_done).count() < times
        });
        missing.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn poison_ends_in_the_queue_of_its_context_for_each_consumer() {
    let cloud = Cloud::connect_for_faults().await;
    let client = aws_sdk_eventbridge::Client::new(&cloud.sdk().await);
    let (marker, mut count) = (Uuid::now_v7().to_string(), 0);
    for (detail_type, names) in consumers(&cloud).await {
        let (name, context) = (detail_type.trim_end_matches(".v1"), detail_type.split('.').next().unwrap());
        let poison = json!({
            "id": Uuid::now_v7(), "type": name, "version": 1, "occurredAt": "2026-01-01T00:00:00Z",
            "correlationId": "fault-test", "actor": { "kind": "system" }, "subject": marker, "data": { "order": "none" },
        });
        let entry = PutEventsRequestEntry::builder().event_bus_name(cloud.bus_name()).detail_type(&detail_type);
        let entry = entry.source(format!("atoll.{context}")).detail(poison.to_string()).build();
        assert_eq!(client.put_events().entries(entry).send().await.unwrap().failed_entry_count(), 0);
        // Analytics counts nothing for what it does not find in an event.
        count += names.iter().filter(|name| !name.starts_with("analytics-")).count();
    }
    assert!(count >= 30, "{count}");
    let dead = cloud.take_dead_letters(&marker, count).await;
    assert_eq!(dead.len(), count);
    for letter in dead {
        let says_why = ["missing field", "invalid type"].iter().any(|why| letter.reason.contains(why));
        assert!(says_why, "the reason says what is wrong: {}", letter.reason);
    }
}

/// An order of a guest that was placed, paid, shipped, delivered, and sent back.
struct Story {
    manager: User,
    cart: String,
    key: String,
    order: String,
    payment: String,
    variant: String,
}

impl Story {
    async fn told(cloud: &Cloud) -> Self {
        let manager = cloud.manager().await;
        set_capture(cloud, &manager, CaptureMode::OnShipment).await;
        set_seller(cloud, &manager).await;
        let (cart, key, variant) = ready_cart_with(cloud, 20).await;
        let location = cloud.stock(&manager, &variant).await.expect(200)["levels"][0]["locationId"].clone();
        let body = json!({ "cartId": cart });
        let placed = order_call(cloud, ("POST", "/v1/commerce/orders"), None, Some(&key), "1", Some(&body)).await;
        let placed = placed.expect(201);
        let order = placed["id"].as_str().unwrap().to_owned();
        let (buyer, quote) = (PayingBuyer::Guest(key.clone()), placed["quote"].as_str().unwrap().to_owned());
        let to_pay = OrderToPay { buyer, order: order.parse().unwrap(), quote };
        cloud.pay_by_card(&to_pay).await;
        let story = Self { manager, cart, key, order, payment: to_pay.payment(), variant };
        story.until(cloud, |order| order["state"] == "confirmed").await;
        let shipments = format!("{}/shipments", story.path());
        let units = json!({ "locationId": location, "units": [{ "line": 0, "quantity": 1 }] });
        drop(call(cloud, "POST", &shipments, &story.manager, Some(&units)).await.expect(201));
        let delivered = json!({ "delivered": true });
        let path = format!("{shipments}/1");
        drop(call(cloud, "PATCH", &path, &story.manager, Some(&delivered)).await.expect(200));
        story.until(cloud, |order| order["payment"]["capturedMinor"] == order["totalMinor"]).await;
        let returns = format!("{}/returns", story.path());
        let lines = json!([{ "line": 0, "quantity": 1 }]);
        let ask = json!({ "lines": lines, "reason": "not_wanted" });
        drop(call(cloud, "POST", &returns, &story.manager, Some(&ask)).await.expect(201));
        let restock = json!([{ "variantId": story.variant, "locationId": location, "quantity": 1 }]);
        let receipt = json!({ "lines": lines, "restock": restock });
        drop(call(cloud, "POST", &format!("{returns}/1/receipt"), &story.manager, Some(&receipt)).await.expect(200));
        story.until(cloud, |order| order["payment"]["refundedMinor"] == order["totalMinor"]).await;
        set_capture(cloud, &story.manager, CaptureMode::Immediate).await;
        // Another cart shows the price.
        let (cart, key) = guest_cart(cloud, &story.manager).await;
        let line = format!("/v1/commerce/carts/{cart}/lines/{}", story.variant);
        drop(cart_call(cloud, ("PUT", &line), None, Some(&key), Some(&json!({ "quantity": 1 }))).await.expect(200));
        Self { cart, key, ..story }
    }

    fn path(&self) -> String {
        format!("/v1/commerce/orders/{}", self.order)
    }

    async fn until(&self, cloud: &Cloud, is: impl Fn(&Value) -> bool) -> Value {
        eventually("the order", async || {
            let order = call(cloud, "GET", &self.path(), &self.manager, None).await.expect(200);
            is(&order).then_some(order)
        })
        .await
    }

    /// All that consumers have written, as managers see it.
    async fn state(&self, cloud: &Cloud) -> Vec<Value> {
        let order = self.path();
        let payment = format!("/v1/commerce/admin/payments/{}", self.payment);
        let stock = format!("/v1/commerce/stock/{}", self.variant);
        let mut state = Vec::new();
        for path in [&order, &format!("{order}/shipments"), &format!("{order}/returns"), &payment, &stock] {
            state.push(call(cloud, "GET", path, &self.manager, None).await.expect(200));
        }
        state.push(call(cloud, "GET", &format!("{order}/invoices"), &self.manager, None).await.expect(200));
        assert_eq!(state[5]["items"].as_array().map(Vec::len), Some(2), "an invoice and a credit note: {}", state[5]);
        let cart = format!("/v1/commerce/carts/{}", self.cart);
        state.push(cart_call(cloud, ("GET", &cart), None, Some(&self.key), None).await.expect(200)["lines"].clone());
        state
    }
}

#[tokio::test]
async fn events_that_are_told_again_in_reverse_change_nothing() {
    let cloud = Cloud::connect_for_faults().await;
    let consumers = consumers(&cloud).await;
    let types: Vec<&str> = consumers.keys().map(String::as_str).collect();
    let watch = cloud.watch_all(&types).await;
    let story = Story::told(&cloud).await;
    // What follows from the refund comes last: its message to the buyer.
    let mut events: Vec<Value> = Vec::new();
    eventually("the last event", async || {
        events.extend(watch.take().await);
        events.iter().any(|event| event["type"] == "payments.refund_succeeded").then_some(())
    })
    .await;
    let correlations = |events: &[Value]| -> Vec<(String, String)> {
        let of = |event: &Value| {
            let detail_type = format!("{}.v{}", event["type"].as_str().unwrap(), event["version"]);
            let correlation = event["correlationId"].as_str().unwrap().to_owned();
            let names = consumers[&detail_type].clone().into_iter();
            names.map(move |name| (name, correlation.clone())).collect::<Vec<_>>()
        };
        events.iter().flat_map(of).collect()
    };
    dealt_with(&cloud, &correlations(&events), 1).await;
    let heard: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    for expected in ["catalog.product_published", "catalog.price_changed", "orders.order_placed", "orders.refund_due"] {
        assert!(heard.contains(&expected), "{heard:?}");
    }
    let before = story.state(&cloud).await;

    for event in events.iter_mut().rev() {
        event["correlationId"] = json!(format!("told-again-{}", Uuid::now_v7()));
        let again: Envelope<Value> = serde_json::from_value(event.clone()).unwrap();
        for _ in 0..TIMES {
            cloud.publish(&again).await;
        }
    }
    dealt_with(&cloud, &correlations(&events), TIMES).await;
    assert_eq!(story.state(&cloud).await, before);
    // Nothing new follows from what was known.
    let known: Vec<&Value> = events.iter().map(|event| &event["id"]).collect();
    let told = watch.take().await;
    let news: Vec<&Value> = told.iter().filter(|event| !known.contains(&&event["id"])).collect();
    assert!(news.is_empty(), "{news:?}");
}

async fn tell<T: DomainEvent>(cloud: &Cloud, fact: T) {
    let id = EventId::generate();
    let event = Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact);
    for _ in 0..TIMES {
        cloud.publish(&event).await;
    }
}

#[tokio::test]
async fn a_payment_whose_events_come_backwards_confirms_its_order_once() {
    let cloud = Cloud::connect_for_faults().await;
    let confirmed = cloud.watch("orders.order_confirmed.v1").await;
    let (cart, key, _) = ready_cart_with(&cloud, 20).await;
    let body = json!({ "cartId": cart });
    let placed = order_call(&cloud, ("POST", "/v1/commerce/orders"), None, Some(&key), "1", Some(&body)).await;
    let placed = placed.expect(201);
    let (order, total) = (placed["id"].as_str().unwrap(), placed["totalMinor"].as_i64().unwrap());
    let payment = PaymentSummary {
        payment_id: ::payments::domain::payment::payment_id(order.parse().unwrap()),
        order_id: order.parse().unwrap(),
        user_id: None,
        provider: PaymentProviderName::Stripe,
        currency: placed["currency"].as_str().unwrap().parse().unwrap(),
        amount_minor: total,
        started_at: Some(Timestamp::now()),
    };
    tell(&cloud, PaymentCaptured { payment: payment.clone(), captured_minor: total }).await;
    let authorized = PaymentAuthorized { payment: payment.clone(), authorized_minor: total, capture_before: None };
    tell(&cloud, authorized).await;
    tell(&cloud, PaymentStarted { payment }).await;
    let path = format!("/v1/commerce/orders/{order}");
    let seen = eventually("the confirmed order", async || {
        let seen = order_call(&cloud, ("GET", &path), None, Some(&key), "", None).await.expect(200);
        (seen["state"] == "confirmed" && seen["payment"]["authorizedMinor"] == total).then_some(seen)
    })
    .await;
    assert_eq!(seen["payment"]["capturedMinor"], total);
    let mut facts = confirmed.take().await;
    facts.retain(|event| event["data"]["order"]["orderId"] == order);
    assert_eq!(facts.len(), 1);
}

#[tokio::test]
async fn shipments_whose_events_come_backwards_capture_and_refund_the_sum_once() {
    let cloud = Cloud::connect_for_faults().await;
    let to_pay = cloud.guest_order_to_pay(CaptureMode::OnShipment).await;
    cloud.pay_by_card(&to_pay).await;
    let total = money(10_000, "EUR");
    let facts = OrderFacts {
        order_id: to_pay.order,
        number: "7ZK2M0QX9D".to_owned(),
        user_id: None,
        currency: total.currency,
        total_minor: total.amount_minor,
        placed_at: Timestamp::now(),
    };
    let shipped = |shipment, capture_minor, capture_total| ShipmentShipped {
        order: facts.clone(),
        shipment,
        location_id: LocationId::generate(),
        lines: Vec::new(),
        capture_minor,
        capture_total_minor: Some(capture_total),
        is_last: capture_total == 10_000,
    };
    let (refund_id, reason) = (RefundId::generate(), RefundReason::Returned);
    // The return comes before the shipments, and the last of these before the first.
    let capture_total_minor = Some(4_000);
    tell(&cloud, RefundDue { order: facts.clone(), refund_id, amount_minor: 2_500, capture_total_minor, reason }).await;
    tell(&cloud, shipped(2, 6_000, 10_000)).await;
    tell(&cloud, shipped(1, 4_000, 4_000)).await;
    let is_done = |payment: &Value| payment["capturedMinor"] == 10_000 && payment["refundedMinor"] == 2_500;
    cloud.payment_until(&to_pay, is_done).await;
    let charged = cloud.charged(&to_pay.payment()).await.expect("a payment at the provider");
    assert_eq!((charged.charged, charged.refunded), (10_000, 2_500));
    // The order has no such shipments, so there is nothing to tell its buyer.
    let order = to_pay.order.to_string();
    assert_eq!(cloud.take_dead_letters(&order, 2 * TIMES).await.len(), 2 * TIMES);
}
