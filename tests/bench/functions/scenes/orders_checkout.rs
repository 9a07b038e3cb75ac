//! Scenes of placing, paying and ending orders: a new buyer with a cart for each call, since a buyer has few unpaid orders.

use contracts::orders::{OrderFacts, OrderPlaced};
use contracts::payments::{PaymentCaptured, PaymentProviderName, PaymentSummary};
use dynamo::{Outbox, Read, Versioned};
use jiff::{SignedDuration, Timestamp};
use orders::domain::order::State;
use orders::store::{OrderEntry, Orders, Store};
use serde_json::{Value, json};
use types::{OrderId, PaymentId, Uuid, VariantId};

use super::orders::{Scene, price, published};
use crate::request::{Request, fact, sample};
use crate::stage::{Person, Stage};

impl Scene {
    /// The event of a call about a checkout.
    pub(super) async fn checkout(&self, stage: &Stage, name: &str) -> Option<Value> {
        let by_manager = || Request::of(name).by(&self.manager);
        let event = match name {
            "orders-get-checkout-settings" | "orders-list-all-orders" => by_manager().event(),
            "orders-set-checkout-settings" => {
                let tag = self.tag(stage, "checkout").await;
                by_manager().header("if-match", &tag).with("returnDays", stage.number() % 300 + 1).event()
            }
            "orders-place-order" => self.placing(stage, self.variant).await.1.event(),
            "orders-get-order" | "orders-list-orders" | "orders-cancel-order" => {
                let (buyer, order) = self.placed(stage).await;
                let ask = Request::of(name).by(&buyer);
                match name {
                    "orders-list-orders" => ask.event(),
                    "orders-get-order" => ask.at("id", text(&order["id"])).event(),
                    _ => ask.at("id", text(&order["id"])).body(&json!({})).event(),
                }
            }
            "orders-settle-payments" => {
                let payment = summary(&self.placed(stage).await.1);
                let captured_minor = payment.amount_minor;
                fact(name, PaymentCaptured { payment, captured_minor })
            }
            "orders-refresh-availability" => {
                let (_, place) = self.placing(stage, self.last_unit(stage).await).await;
                let order = facts(&stage.call(place).await);
                fact(name, OrderPlaced { order, lines: Vec::new() })
            }
            "orders-sweep-orders" => {
                let (_, order) = self.placed(stage).await;
                lapse(stage, text(&order["id"]).parse().expect("an id")).await;
                sample(name)
            }
            _ => return None,
        };
        Some(event)
    }

    /// Sets taxes and shipping; those of the first call stay.
    pub(super) async fn open(&self, stage: &Stage) {
        for (kind, name) in [("tax", "orders-set-tax-settings"), ("shipping", "orders-set-shipping-settings")] {
            let tag = self.tag(stage, kind).await;
            if tag == "\"0\"" {
                stage.call(Request::of(name).by(&self.manager).header("if-match", &tag)).await;
            }
        }
    }

    /// A buyer, and the request that places an order of the buyer's cart.
    async fn placing(&self, stage: &Stage, variant: VariantId) -> (Person, Request) {
        self.open(stage).await;
        let buyer = stage.member(&[]).await.person;
        let made = stage.call(Request::of("orders-create-cart").by(&buyer)).await;
        let cart = text(&made["cart"]["id"]);
        let line = Request::of("orders-set-cart-line").by(&buyer).at("id", &cart).at("variantId", variant);
        stage.call(line.with("quantity", 1)).await;
        stage.call(Request::of("orders-set-cart-details").by(&buyer).at("id", &cart)).await;
        let place = Request::of("orders-place-order").by(&buyer).body(&json!({ "cartId": cart }));
        (buyer, place)
    }

    /// A variant of which there is one unit.
    async fn last_unit(&self, stage: &Stage) -> VariantId {
        let (variant, location) = (VariantId::generate(), self.locations[0]);
        stage.hear("orders-keep-variants", published(variant)).await;
        stage.hear("orders-keep-prices", price(variant, 1)).await;
        stage.call(self.stock("orders-set-stock", variant, location)).await;
        stage.call(self.stock("orders-adjust-stock", variant, location).with("quantity", 1).keyed()).await;
        variant
    }

    /// A buyer with an order that is held.
    async fn placed(&self, stage: &Stage) -> (Person, Value) {
        let (buyer, place) = self.placing(stage, self.variant).await;
        let order = stage.call(place).await;
        (buyer, order)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn summary(order: &Value) -> PaymentSummary {
    let OrderFacts { order_id, currency, total_minor, .. } = facts(order);
    PaymentSummary {
        payment_id: PaymentId::new(Uuid::now_v7()),
        order_id,
        user_id: None,
        provider: PaymentProviderName::Stripe,
        currency,
        amount_minor: total_minor,
        started_at: Some(Timestamp::now()),
    }
}

fn facts(order: &Value) -> OrderFacts {
    OrderFacts {
        order_id: text(&order["id"]).parse().expect("an id"),
        number: text(&order["number"]),
        user_id: None,
        currency: text(&order["currency"]).parse().expect("a currency"),
        total_minor: order["totalMinor"].as_i64().expect("an amount"),
        placed_at: Timestamp::now(),
    }
}

/// Lets the hold of an order have ended.
async fn lapse(stage: &Stage, id: OrderId) {
    let table = stage.world.table().of::<Orders>();
    let read = Store::new(stage.world.table().of::<Orders>()).order(id, Read::Strong).await;
    let read = read.expect("the table").expect("the order");
    let entry = Versioned::new(OrderEntry::of(&read.value), read.value.entry_version);
    let mut next = read.value.clone();
    next.fulfilment.state = State::Held { until: Timestamp::now() - SignedDuration::from_mins(1) };
    next.entry_version += 1;
    let none = Outbox::none();
    let aged = table.transaction().replace(&read, &next, &none).replace(&entry, &OrderEntry::of(&next), &none);
    assert!(aged.commit().await.is_ok(), "an older hold");
}
