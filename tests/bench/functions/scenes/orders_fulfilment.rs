//! Scenes of shipments, returns and invoices: a new confirmed order for each call.

use contracts::orders::OrderConfirmed;
use contracts::payments::CaptureMode;
use dynamo::Outbox;
use orders::domain::checkout::{CheckoutSettings, Seller};
use orders::domain::placed::Order;
use orders::store::{NumberClaim, OrderEntry, Orders};
use serde_json::{Value, json};
use tests::order_samples::{OrderSample, confirmed_order};
use types::{BuyerId, OrderId, UserId};

use super::orders::Scene;
use crate::request::{Request, fact};
use crate::stage::Stage;

impl Scene {
    /// The event of a call about an order that was confirmed.
    pub(super) async fn fulfilment(&self, stage: &Stage, name: &str) -> Option<Value> {
        let order = self.confirmed(stage).await;
        let ask = |name: &str| Request::of(name).by(&self.manager).at("id", order.id);
        let ship = ask("orders-create-shipment").with("locationId", self.locations[0]);
        let confirmed = |name: &str| fact(name, OrderConfirmed { order: order.facts(), lines: order.sold() });
        let event = match name {
            "orders-create-shipment" => ship.event(),
            "orders-update-shipment" | "orders-cancel-shipment" | "orders-list-shipments" | "orders-create-return" => {
                stage.call(ship).await;
                ask(name).event()
            }
            "orders-receive-return" | "orders-reject-return" | "orders-list-returns" => {
                stage.call(ship).await;
                stage.call(ask("orders-create-return")).await;
                let asked = ask(name);
                if name == "orders-receive-return" { asked.with("restock", json!([])).event() } else { asked.event() }
            }
            "orders-list-invoices" | "orders-get-invoice" => {
                stage.invoke("orders-issue-invoices", &confirmed("orders-issue-invoices")).await;
                ask(name).event()
            }
            "orders-create-guest-key" => {
                stage.expire_counters().await;
                let order = self.confirmed_of(stage, BuyerId::Guest(types::GuestKeyHash::of("key"))).await;
                Request::of(name).with("orderNumber", &order.number).with("email", "guest@example.com").event()
            }
            "orders-issue-invoices" | "orders-notify-buyers" => confirmed(name),
            _ => return None,
        };
        Some(event)
    }

    async fn confirmed(&self, stage: &Stage) -> Order {
        self.confirmed_of(stage, BuyerId::User(UserId::generate())).await
    }

    async fn confirmed_of(&self, stage: &Stage, buyer: BuyerId) -> Order {
        let table = stage.world.table().of::<Orders>();
        let seller = Seller::parse("Atoll Handels GmbH", &["Hafenstr. 1".to_owned()], "DE123456789").ok();
        let settings = CheckoutSettings { seller, ..CheckoutSettings::default() };
        // The first order of the scene sets them.
        drop(table.create(settings, &Outbox::none()).await);
        let order = confirmed_order(OrderSample {
            id: OrderId::generate(),
            buyer,
            variant: self.variant,
            location: self.locations[0],
            quantity: 3,
            capture: CaptureMode::Immediate,
        });
        let none = Outbox::none();
        let claim = NumberClaim { number: order.number.clone(), order_id: order.id };
        let stored = table.transaction().create(&order, &none).create(&OrderEntry::of(&order), &none);
        let stored = stored.create(&claim, &none).commit().await;
        assert!(stored.is_ok(), "an order");
        order
    }
}
