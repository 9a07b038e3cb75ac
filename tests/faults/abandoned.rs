//! Buyers who go away: an order that nobody pays and a payment that nobody finishes end with one sweep, and money that nobody
//! heard of is found by it.

use ::orders::domain::order::State;
use ::orders::store::{OrderEntry, Orders};
use ::payments::domain::payment::{PAYMENT_TIME, Payment};
use ::payments::store::{Payments, Store};
use contracts::payments::CaptureMode;
use dynamo::{Outbox, Read, Table, Versioned};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::carts::{call, order_call, ready_cart_with};
use tests::{Cloud, OrderToPay, PayingBuyer, User, eventually};

use crate::kills::{Kill, killed};

const START: &str = "payments-start-payment";
const SWEEP: &str = "payments-sweep-payments";
/// Units in stock.
const UNITS: i64 = 5;

/// Sets when the shop takes money.
pub async fn set_capture(cloud: &Cloud, manager: &User, capture: CaptureMode) {
    let path = "/v1/commerce/settings/checkout";
    let read = call(cloud, "GET", path, manager, None).await;
    let tag = read.header("etag").to_owned();
    let mut body = read.expect(200);
    body["captureMode"] = json!(capture);
    let put = cloud.call("PUT", path).bearer(&manager.access_token).header("if-match", &tag).json(&body);
    drop(put.send().await.expect(200));
}

/// An order of one unit that was placed, and the variant.
struct Placed {
    to_pay: OrderToPay,
    key: String,
    variant: String,
}

impl Placed {
    async fn new(cloud: &Cloud) -> Self {
        let (cart, key, variant) = ready_cart_with(cloud, UNITS).await;
        let body = json!({ "cartId": cart });
        let placed = order_call(cloud, ("POST", "/v1/commerce/orders"), None, Some(&key), "1", Some(&body)).await;
        let placed = placed.expect(201);
        let (order, quote) = (placed["id"].as_str().unwrap(), placed["quote"].as_str().unwrap().to_owned());
        let buyer = PayingBuyer::Guest(key.clone());
        Self { to_pay: OrderToPay { buyer, order: order.parse().unwrap(), quote }, key, variant }
    }

    /// The call that starts to pay.
    fn start(&self, cloud: &Cloud) -> tests::Call {
        let body = json!({ "quote": self.to_pay.quote, "provider": "stripe" });
        self.to_pay.authenticate(cloud.post(tests::PAYMENTS)).json(&body)
    }

    async fn order_until(&self, cloud: &Cloud, state: &str) -> Value {
        let path = format!("/v1/commerce/orders/{}", self.to_pay.order);
        eventually(&format!("an order that is {state}"), async || {
            let order = order_call(cloud, ("GET", &path), None, Some(&self.key), "", None).await.expect(200);
            (order["state"] == state).then_some(order)
        })
        .await
    }

    /// Lets the payment have started so long ago that its buyer's time is over.
    async fn age_payment(&self, cloud: &Cloud) {
        let store = Store::new(Table::<Payments>::new(client(cloud).await, cloud.table_name()));
        let id = self.to_pay.payment().parse().unwrap();
        eventually("the older payment", async || {
            let read = store.payment(id).await.unwrap()?;
            let started_at = Timestamp::now() - PAYMENT_TIME - SignedDuration::from_mins(1);
            let next = Payment { started_at, retry: None, ..read.value.clone() };
            store.save_payment(&read, next, &Outbox::none()).await.ok().map(drop)
        })
        .await;
    }

    /// Lets the hold have ended a minute ago.
    async fn age_hold(&self, cloud: &Cloud) {
        let table = || async { Table::<Orders>::new(client(cloud).await, cloud.table_name()) };
        let (table, store) = (table().await, ::orders::store::Store::new(table().await));
        let read = store.order(self.to_pay.order, Read::Strong).await.unwrap().expect("the order");
        let entry = Versioned::new(OrderEntry::of(&read.value), read.value.entry_version);
        let mut next = read.value.clone();
        next.fulfilment.state = State::Held { until: Timestamp::now() - SignedDuration::from_mins(1) };
        next.entry_version = entry.version + 1;
        let none = Outbox::none();
        let aged = table.transaction().replace(&read, &next, &none).replace(&entry, &OrderEntry::of(&next), &none);
        assert!(aged.commit().await.is_ok(), "an older hold");
    }

    /// Waits until all units are free again.
    async fn is_free(&self, cloud: &Cloud) {
        let manager = cloud.manager().await;
        let stock = cloud.stock(&manager, &self.variant).await.expect(200);
        assert_eq!(stock["levels"][0]["free"], UNITS, "{stock}");
    }
}

async fn client(cloud: &Cloud) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&cloud.sdk().await)
}

#[tokio::test]
async fn an_order_that_nobody_pays_lapses() {
    let cloud = Cloud::connect_for_faults().await;
    let placed = Placed::new(&cloud).await;
    placed.age_hold(&cloud).await;
    drop(cloud.ask("orders-sweep-orders", &json!({})).await);
    placed.order_until(&cloud, "lapsed").await;
    placed.is_free(&cloud).await;
    // A buyer who comes back with the old quote gets a payment that the order does not want: it is closed.
    drop(placed.start(&cloud).send().await.expect(201));
    cloud.payment_until(&placed.to_pay, |payment| payment["status"] == "closed").await;
}

#[tokio::test]
async fn a_payment_that_was_killed_at_its_start_and_whose_buyer_is_gone_frees_the_units() {
    let cloud = Cloud::connect_for_faults().await;
    for (number, when) in [(0, "after"), (1, "before"), (1, "after"), (2, "before"), (2, "after")] {
        let placed = Placed::new(&cloud).await;
        let item = format!("payments#payment#{}", placed.to_pay.payment());
        let kill = match number {
            0 => Kill::write(START, &item, when),
            1 => Kill::call(START, "CreatePayment", when),
            _ => Kill::write(START, "payments#reference#stripe", when),
        };
        assert!(killed(&cloud, &kill, placed.start(&cloud).send()).await.status >= 500);
        placed.order_until(&cloud, "paying").await;
        placed.age_payment(&cloud).await;
        drop(cloud.ask(SWEEP, &json!({})).await);
        placed.order_until(&cloud, "lapsed").await;
        placed.is_free(&cloud).await;
        let charged = cloud.charged(&placed.to_pay.payment()).await.map_or(0, |charged| charged.charged);
        assert_eq!(charged, 0, "{kill:?}");
    }
}

#[tokio::test]
async fn a_sweep_that_is_killed_after_it_cancelled_a_payment_is_finished_by_the_next() {
    let cloud = Cloud::connect_for_faults().await;
    let placed = Placed::new(&cloud).await;
    drop(placed.start(&cloud).send().await.expect(201));
    placed.order_until(&cloud, "paying").await;
    // The provider's message that it was cancelled would say the same.
    cloud.inject(&json!({ "service": "payments", "operation": "Webhook", "error": "lost", "count": 100 })).await;
    placed.age_payment(&cloud).await;
    let nothing = json!({});
    killed(&cloud, &Kill::call(SWEEP, "CancelPayment", "after"), cloud.try_to_ask(SWEEP, &nothing)).await;
    let charged = cloud.charged(&placed.to_pay.payment()).await.expect("a payment at the provider");
    assert_eq!((charged.status.as_str(), charged.charged), ("canceled", 0));
    // The attempt was noted before it was made, so the next one is later.
    placed.age_payment(&cloud).await;
    drop(cloud.ask(SWEEP, &json!({})).await);
    placed.order_until(&cloud, "lapsed").await;
    placed.is_free(&cloud).await;
    cloud.clear_faults().await;
}

#[tokio::test]
async fn money_that_nobody_heard_of_confirms_the_order_after_one_sweep() {
    let cloud = Cloud::connect_for_faults().await;
    let placed = Placed::new(&cloud).await;
    let started = placed.start(&cloud).send().await.expect(201);
    placed.order_until(&cloud, "paying").await;
    cloud.inject(&json!({ "service": "payments", "operation": "Webhook", "error": "lost", "count": 100 })).await;
    cloud.confirm_in_form(&started["clientSecret"], "pm_card_visa").await;
    placed.age_payment(&cloud).await;
    drop(cloud.ask(SWEEP, &json!({})).await);
    let order = placed.order_until(&cloud, "confirmed").await;
    assert_eq!(order["payment"]["capturedMinor"], order["totalMinor"]);
    cloud.clear_faults().await;
}
