//! Shipments, returns, invoices and messages of orders, under races, duplicates and repeated requests.

#![allow(clippy::unused_self, reason = "the desk reads better as the subject")]

use std::collections::BTreeSet;

use contracts::notifications::{MailRequested, NotificationRequested};
use contracts::orders::{OrderConfirmed, OrderPlaced, RefundDue, ReturnReceived, ShipmentShipped};
use contracts::payments::CaptureMode;
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::Outbox;
use futures::future::join_all;
use jiff::Timestamp;
use kit::auth::GuestKey;
use kit::consumer::Done;
use kit::http::{Endpoint, endpoint};
use lambda_http::RequestExt;
use orders::consumers::issue_invoices::issue_invoices;
use orders::consumers::notify_buyers::notify_buyers;
use orders::domain::checkout::{CheckoutSettings, Seller};
use orders::domain::placed::Order;
use orders::store::{NumberClaim, OrderEntry, Orders, UserOrder};
use serde_json::{Value, json};
use testkit::{Reply, request};
use tests::order_samples::{LevelCounts, OrderSample, confirmed_order};
use tests::{budget, budget_at_most, cost};
use types::{BuyerId, EventId, LocationId, OrderId, UserId};

use crate::identity_support::stage;
use crate::orders_support::{Place, Shop};

/// A guest's order in a shop.
struct Stage {
    shop: Shop,
    place: Place,
    order: OrderId,
    key: GuestKey,
}

impl Stage {
    /// A shop with ten units, and an order that holds three of them.
    async fn start(capture: CaptureMode) -> Self {
        Self::on(Shop::start_with_conflicts().await, capture).await
    }

    async fn on(shop: Shop, capture: CaptureMode) -> Self {
        let place = shop.stocked(1).await;
        assert_eq!(shop.adjust(place, "first", 10).await.status, 201);
        let key = GuestKey::generate().unwrap();
        let stage = Self { order: OrderId::generate(), shop, place, key };
        stage.add(stage.order, BuyerId::Guest(stage.key.hash()), capture, 3).await;
        let seller = Seller::parse("Atoll Handels GmbH", &["Hafenstr. 1".to_owned()], "DE123456789").unwrap();
        let settings = CheckoutSettings { seller: Some(seller), ..CheckoutSettings::default() };
        stage.shop.table.of::<Orders>().create(settings, &Outbox::none()).await.unwrap();
        stage
    }

    async fn add(&self, id: OrderId, buyer: BuyerId, capture: CaptureMode, quantity: u32) {
        let Place { variant, location } = self.place;
        let order = confirmed_order(OrderSample { id, buyer, variant, location, quantity, capture });
        let table = self.shop.table.of::<Orders>();
        table.create(OrderEntry::of(&order), &Outbox::none()).await.unwrap();
        table.create(order, &Outbox::none()).await.unwrap();
        let units = LevelCounts { variant_id: variant, location_id: location };
        let taken = table.transaction().count(&units, "free", -i64::from(quantity), 0..=1_000_000);
        taken.commit().await.unwrap();
    }

    async fn order(&self) -> Order {
        self.shop.ctx.store.order(self.order, dynamo::Read::Strong).await.unwrap().unwrap().value
    }

    /// Calls an endpoint as the manager.
    async fn manage(
        &self,
        endpoint: &Endpoint,
        method: &str,
        key: &str,
        number: Option<u32>,
        body: Option<&Value>,
    ) -> Reply {
        let mut path = vec![("id", self.order.to_string())];
        path.extend(number.map(|number| ("number", number.to_string())));
        self.shop.call(endpoint, (method, key, ""), &path, body).await
    }

    /// Calls an endpoint with the key of a guest.
    async fn buy(
        &self,
        endpoint: &Endpoint,
        guest: &GuestKey,
        key: &str,
        number: Option<u32>,
        body: Option<&Value>,
    ) -> Reply {
        let headers = [("guest-key", guest.expose()), ("idempotency-key", key)];
        let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let method = if body.is_some() { "POST" } else { "GET" };
        let mut path = std::collections::HashMap::from([("id".to_owned(), self.order.to_string())]);
        path.extend(number.map(|number| ("number".to_owned(), number.to_string())));
        let request = request(method, "/v1/commerce/test", &headers, body);
        endpoint.call(request.with_path_parameters(path)).await.into()
    }

    async fn ship(&self, key: &str, quantity: u32) -> Reply {
        let endpoint = endpoint(orders::api::create_shipment::create_shipment, self.shop.ctx, stage());
        let units = json!([{ "line": 0, "quantity": quantity }]);
        let body =
            json!({ "locationId": self.place.location, "units": units, "carrier": "DHL", "trackingNumber": "JD1" });
        self.manage(&endpoint, "POST", key, None, Some(&body)).await
    }

    async fn cancel_shipment(&self, number: u32) -> Reply {
        let endpoint = endpoint(orders::api::cancel_shipment::cancel_shipment, self.shop.ctx, stage());
        self.manage(&endpoint, "DELETE", "", Some(number), None).await
    }

    async fn update_shipment(&self, number: u32, body: &Value) -> Reply {
        let endpoint = endpoint(orders::api::update_shipment::update_shipment, self.shop.ctx, stage());
        self.manage(&endpoint, "PATCH", "", Some(number), Some(body)).await
    }

    async fn request_return(&self, key: &str, quantity: u32) -> Reply {
        let endpoint = endpoint(orders::api::create_return::create_return, self.shop.ctx, stage());
        let body = json!({ "lines": [{ "line": 0, "quantity": quantity }], "reason": "not_wanted" });
        self.buy(&endpoint, &self.key, key, None, Some(&body)).await
    }

    async fn receive(&self, number: u32, quantity: u32, restocked: u32) -> Reply {
        let endpoint = endpoint(orders::api::receive_return::receive_return, self.shop.ctx, stage());
        let Place { variant, location } = self.place;
        let restock = json!({ "variantId": variant, "locationId": location, "quantity": restocked });
        let restock: Vec<_> = Some(restock).filter(|_| restocked > 0).into_iter().collect();
        let body = json!({ "lines": [{ "line": 0, "quantity": quantity }], "restock": restock });
        self.manage(&endpoint, "POST", "", Some(number), Some(&body)).await
    }

    async fn reject(&self, number: u32) -> Reply {
        let endpoint = endpoint(orders::api::reject_return::reject_return, self.shop.ctx, stage());
        self.manage(&endpoint, "POST", "", Some(number), Some(&json!({ "reason": "Seal broken" }))).await
    }

    async fn invoices(&self, guest: &GuestKey) -> Reply {
        let endpoint = endpoint(orders::api::list_invoices::list_invoices, self.shop.ctx, stage());
        self.buy(&endpoint, guest, "", None, None).await
    }

    async fn invoice(&self, guest: &GuestKey, number: u32) -> Reply {
        let endpoint = endpoint(orders::api::get_invoice::get_invoice, self.shop.ctx, stage());
        self.buy(&endpoint, guest, "", Some(number), None).await
    }

    async fn shipments(&self, guest: &GuestKey) -> Reply {
        let endpoint = endpoint(orders::api::list_shipments::list_shipments, self.shop.ctx, stage());
        self.buy(&endpoint, guest, "", None, None).await
    }

    async fn returns(&self, guest: &GuestKey) -> Reply {
        let endpoint = endpoint(orders::api::list_returns::list_returns, self.shop.ctx, stage());
        self.buy(&endpoint, guest, "", None, None).await
    }

    /// Units on hand, free and reserved. Fails unless the movements sum to the units on hand.
    async fn units(&self) -> (i64, i64, i64) {
        let stock = self.shop.stock(self.place.variant).await.body;
        let level = &stock["levels"][0];
        let number = |name: &str| level[name].as_i64().unwrap();
        let listed = self.shop.movements(self.place, "limit=100").await.body;
        let moved: i64 =
            listed["items"].as_array().unwrap().iter().map(|item| item["quantity"].as_i64().unwrap()).sum();
        assert_eq!(number("onHand"), moved);
        (number("onHand"), number("free"), number("reserved"))
    }

    /// The events of a type that were written, each once.
    async fn told<T: DomainEvent>(&self) -> Vec<T> {
        let items = self.shop.table.items().await.into_iter();
        let outboxes = items.filter_map(|item| item.get("outbox").and_then(|text| text.as_s().ok()).cloned());
        let events = outboxes.flat_map(|text| Outbox::parse(&text).unwrap()).filter(Envelope::is::<T>);
        events.map(|event| event.decode::<T>().unwrap().data).collect()
    }

    fn confirmed(&self, order: &Order) -> Envelope<Value> {
        event(OrderConfirmed { order: order.facts(), lines: order.sold() })
    }
}

fn event<T: DomainEvent>(data: T) -> Envelope<Value> {
    Envelope::new(EventId::generate(), Timestamp::now(), "c".to_owned(), Actor::System, data).erase().unwrap()
}

#[tokio::test]
async fn a_repeated_or_racing_request_ships_once() {
    let stage = Stage::start(CaptureMode::OnShipment).await;
    let replies = join_all((0..8).map(|_| stage.ship("a", 2))).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply.body["number"] == 1), "{replies:?}");
    assert_eq!(stage.ship("a", 1).await.body["code"], "request.idempotency_key_reused");
    assert_eq!(stage.units().await, (8, 7, 1));
    // Two requests for the last unit.
    let racing = join_all([stage.ship("b", 1), stage.ship("c", 1)]).await;
    let mut statuses: Vec<_> = racing.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{racing:?}");
    assert_eq!(stage.units().await, (7, 7, 0));
    let shipments = stage.shipments(&stage.key).await;
    assert_eq!(shipments.body["items"].as_array().unwrap().len(), 2);
    assert_eq!(stage.order().await.payment.capture_requested, 3_490);
}

/// medusajs/medusa#11703, #12401, paynl/magento2-plugin#220: movements −2 +2 −2.
#[tokio::test]
async fn a_shipment_that_is_cancelled_twice_comes_back_once() {
    let stage = Stage::start(CaptureMode::OnShipment).await;
    assert_eq!(stage.ship("a", 2).await.status, 201);
    let cancelled = join_all((0..4).map(|_| stage.cancel_shipment(1))).await;
    assert!(cancelled.iter().all(|reply| reply.status == 204), "{cancelled:?}");
    assert_eq!(stage.units().await, (10, 7, 3));
    let again = stage.ship("b", 2).await;
    assert_eq!((again.status, &again.body["number"]), (201, &json!(2)));
    assert_eq!(stage.units().await, (8, 7, 1));
    let shipped = stage.told::<ShipmentShipped>().await;
    assert_eq!(shipped.last().unwrap().capture_minor, 0, "it was captured with the first one");
    assert_eq!(stage.cancel_shipment(9).await.body["code"], "orders.no_such_shipment");
}

#[tokio::test]
async fn units_that_have_not_arrived_cannot_be_shipped() {
    let stage = Stage::start(CaptureMode::OnShipment).await;
    let Place { variant, location } = stage.place;
    let units = LevelCounts { variant_id: variant, location_id: location };
    let table = stage.shop.table.of::<Orders>();
    table.transaction().count(&units, "on_hand", -9, 0..=10).commit().await.unwrap();
    let refused = stage.ship("a", 2).await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("orders.not_on_hand")));
    assert_eq!(stage.ship("b", 1).await.status, 201, "one has arrived");
    assert_eq!(stage.order().await.counters.shipments, 1);
}

#[tokio::test]
async fn a_delivery_is_noted_once_and_tracking_can_change() {
    let stage = Stage::start(CaptureMode::OnShipment).await;
    stage.ship("a", 3).await;
    let tracked = stage.update_shipment(1, &json!({ "trackingNumber": "JD2" })).await;
    assert_eq!((&tracked.body["trackingNumber"], &tracked.body["carrier"]), (&json!("JD2"), &json!("DHL")));
    let body = json!({ "delivered": true });
    let delivered = join_all((0..4).map(|_| stage.update_shipment(1, &body))).await;
    assert!(delivered.iter().all(|reply| reply.body["deliveredAt"] == delivered[0].body["deliveredAt"]));
    assert_eq!(stage.cancel_shipment(1).await.body["code"], "orders.shipment_delivered");
}

#[tokio::test]
async fn a_return_is_received_once_and_refunds_telescope_to_what_was_paid() {
    let stage = Stage::start(CaptureMode::OnShipment).await;
    assert_eq!(stage.request_return("early", 1).await.body["code"], "orders.not_enough_units");
    stage.ship("a", 3).await;
    let requested = join_all((0..4).map(|_| stage.request_return("r", 2))).await;
    assert!(requested.iter().all(|reply| reply.status == 201 && reply.body["number"] == 1), "{requested:?}");
    assert_eq!(stage.request_return("r", 1).await.body["code"], "request.idempotency_key_reused");
    let received = join_all((0..4).map(|_| stage.receive(1, 2, 1))).await;
    assert!(received.iter().all(|reply| reply.status == 200 && reply.body["refundMinor"] == 2_000), "{received:?}");
    assert_eq!(stage.receive(1, 1, 0).await.body["code"], "orders.return_settled");
    assert_eq!(stage.units().await, (8, 8, 0), "one of two is sold again");
    assert_eq!(stage.request_return("s", 1).await.status, 201);
    assert_eq!(stage.reject(2).await.body["rejectionReason"], "Seal broken");
    assert_eq!(stage.reject(2).await.status, 200);
    assert_eq!(stage.request_return("t", 1).await.status, 201);
    // The shipping goes back with the last unit.
    assert_eq!(stage.receive(3, 1, 0).await.body["refundMinor"], 1_490);
    let order = stage.order().await;
    assert_eq!(order.payment.refunded_or_due(), order.totals.total);
    let seen = stage.returns(&stage.key).await;
    assert_eq!(seen.body["items"][0]["restocked"], json!([]), "where units are sold again is for managers");
    assert!(stage.told::<ReturnReceived>().await.len() <= 2 && !stage.told::<RefundDue>().await.is_empty());
}

#[tokio::test]
async fn documents_and_returns_of_a_user_have_copies_for_the_export_that_go_with_the_order() {
    let mut stage = Stage::on(Shop::start_with_conflicts().await, CaptureMode::Immediate).await;
    let ann = stage.shop.person("ann@example.com").await;
    stage.order = OrderId::generate();
    stage.add(stage.order, BuyerId::User(ann.id), CaptureMode::Immediate, 3).await;
    let order = stage.order().await;
    let table = stage.shop.table.of::<Orders>();
    table.create(UserOrder::of(&order).unwrap(), &Outbox::none()).await.unwrap();
    assert_eq!(issue_invoices(stage.shop.consumer, stage.confirmed(&order)).await.unwrap(), Done::Applied);
    assert_eq!(stage.ship("a", 3).await.status, 201);
    let create = endpoint(orders::api::create_return::create_return, stage.shop.ctx, crate::identity_support::stage());
    let request = async |key: &str, quantity: u32| {
        let body = json!({ "lines": [{ "line": 0, "quantity": quantity }], "reason": "damaged" });
        stage.manage(&create, "POST", key, None, Some(&body)).await.status
    };
    assert_eq!(request("r", 2).await, 201);
    // The attributes of the copies of a kind.
    let copies = async |kind: &str| {
        let items = stage.shop.table.items().await.into_iter();
        let is_copy = |item: &std::collections::HashMap<String, _>| {
            let text = |name: &str| format!("{:?}", item.get(name));
            text("pk").contains(&format!("orders#user#{}", ann.id)) && text("sk").contains(&format!("\"{kind}#"))
        };
        items.filter(is_copy).map(|item| format!("{item:?}")).collect::<Vec<_>>()
    };
    let invoices = copies("invoice").await;
    assert!(invoices.len() == 1 && invoices[0].contains("Invalidenstr. 116"), "{invoices:?}");
    assert!(copies("order").await[0].contains("guest@example.com"));
    assert!(!copies("return").await[0].contains("settled_at"));
    assert_eq!(stage.receive(1, 1, 1).await.status, 200);
    let returned = copies("return").await;
    assert!(returned.len() == 1 && returned[0].contains("settled_at"), "{returned:?}");
    let until = Timestamp::now() + jiff::SignedDuration::from_secs(1);
    let detached = stage.shop.ctx.store.detach_orders_before(ann.id, until, Timestamp::now()).await.unwrap();
    assert_eq!((detached.items, detached.more), (1, false));
    for kind in ["order", "invoice", "return"] {
        assert_eq!(copies(kind).await, Vec::<String>::new());
    }
    // What happens to the order from here on is nobody's.
    assert_eq!(request("t", 1).await, 201);
    assert_eq!(copies("return").await, Vec::<String>::new());
}

#[tokio::test]
async fn an_order_is_named_by_its_number_too() {
    let stage = Stage::start(CaptureMode::OnShipment).await;
    let order = stage.order().await;
    let claim = NumberClaim { number: order.number.clone(), order_id: order.id };
    stage.shop.table.of::<Orders>().create(claim, &Outbox::none()).await.unwrap();
    let ship =
        endpoint(orders::api::create_shipment::create_shipment, stage.shop.ctx, crate::identity_support::stage());
    let units = json!([{ "line": 0, "quantity": 1 }]);
    let body = json!({ "locationId": stage.place.location, "units": units });
    let by = async |name: String| stage.shop.call(&ship, ("POST", "a", ""), &[("id", name)], Some(&body)).await;
    let shipped = by(order.number.to_string().to_lowercase()).await;
    assert_eq!(shipped.status, 201, "{}", shipped.body);
    // The same request, whichever way the order is named.
    assert_eq!(by(order.id.to_string()).await.body, shipped.body);
    assert_eq!(by("0000000000".to_owned()).await.status, 404);
    assert_eq!(stage.order().await.counters.shipments, 1);
}

#[tokio::test]
async fn units_are_restocked_only_where_the_variant_is_stocked() {
    let mut stage = Stage::start(CaptureMode::OnShipment).await;
    stage.ship("a", 1).await;
    stage.request_return("r", 1).await;
    let place = stage.place;
    stage.place = Place { location: LocationId::generate(), ..place };
    assert_eq!(stage.receive(1, 1, 1).await.body["code"], "orders.no_such_stock");
    stage.place = place;
    assert_eq!(stage.receive(1, 1, 2).await.body["code"], "orders.too_many_restocked");
    assert_eq!(stage.receive(1, 1, 1).await.status, 200);
    assert_eq!(stage.units().await, (10, 8, 2));
}

#[tokio::test]
async fn a_receipt_that_exceeds_the_stock_of_a_location_is_refused() {
    let stage = Stage::start(CaptureMode::Immediate).await;
    assert_eq!(stage.ship("a", 3).await.status, 201);
    assert_eq!(stage.request_return("r", 1).await.status, 201);
    let Place { variant, location } = stage.place;
    let counts = LevelCounts { variant_id: variant, location_id: location };
    let full = stage.shop.table.of::<Orders>().transaction().count(&counts, "on_hand", 999_999_993, 0..=1_000_000_000);
    full.commit().await.unwrap();
    let refused = stage.receive(1, 1, 1).await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("orders.too_much_stock")), "{}", refused.body);
    let refused = stage.cancel_shipment(1).await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("orders.not_enough_units")), "{}", refused.body);
    assert_eq!(stage.receive(1, 1, 0).await.status, 200);
}

#[tokio::test]
async fn a_cancelled_shipment_that_exceeds_the_stock_of_a_location_is_refused() {
    let stage = Stage::start(CaptureMode::Immediate).await;
    assert_eq!(stage.ship("a", 3).await.status, 201);
    let Place { variant, location } = stage.place;
    let counts = LevelCounts { variant_id: variant, location_id: location };
    let full = stage.shop.table.of::<Orders>().transaction().count(&counts, "on_hand", 999_999_993, 0..=1_000_000_000);
    full.commit().await.unwrap();
    let refused = stage.cancel_shipment(1).await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("orders.too_much_stock")), "{}", refused.body);
}

#[tokio::test]
async fn the_order_of_somebody_else_is_not_found() {
    let stage = Stage::start(CaptureMode::Immediate).await;
    let order = stage.order().await;
    assert_eq!(issue_invoices(stage.shop.consumer, stage.confirmed(&order)).await.unwrap(), Done::Applied);
    let stranger = GuestKey::generate().unwrap();
    for (reply, code) in [
        (stage.shipments(&stranger).await, "orders.no_such_order"),
        (stage.returns(&stranger).await, "orders.no_such_order"),
        (stage.invoices(&stranger).await, "orders.no_such_order"),
        (stage.invoice(&stranger, 1).await, "orders.no_such_invoice"),
    ] {
        assert_eq!((reply.status, &reply.body["code"]), (404, &json!(code)));
    }
    assert_eq!(stage.invoice(&stage.key, 1).await.status, 200);
    assert_eq!(stage.invoice(&stage.key, 2).await.status, 404);
}

#[tokio::test]
async fn duplicated_and_reordered_events_give_one_invoice_and_numbers_without_gaps() {
    let stage = Stage::start(CaptureMode::Immediate).await;
    let mut orders = vec![stage.order().await];
    for _ in 0..4 {
        let id = OrderId::generate();
        stage.add(id, BuyerId::User(UserId::generate()), CaptureMode::Immediate, 1).await;
        orders.push(stage.shop.ctx.store.order(id, dynamo::Read::Strong).await.unwrap().unwrap().value);
    }
    let events: Vec<_> = orders.iter().flat_map(|order| vec![stage.confirmed(order); 3]).collect();
    // Who met others too often is delivered again.
    for _ in 0..20 {
        let all = join_all(events.iter().map(|event| issue_invoices(stage.shop.consumer, event.clone()))).await;
        if all.iter().all(Result::is_ok) {
            break;
        }
    }
    stage.ship("a", 2).await;
    stage.request_return("r", 2).await;
    stage.receive(1, 1, 0).await;
    let order = stage.order().await;
    for _ in 0..2 {
        issue_invoices(stage.shop.consumer, stage.confirmed(&order)).await.unwrap();
    }
    let documents = stage.invoices(&stage.key).await.body["items"].clone();
    let kinds: Vec<_> = documents.as_array().unwrap().iter().map(|one| (&one["kind"], &one["totalMinor"])).collect();
    assert_eq!(kinds, [(&json!("invoice"), &json!(3_490)), (&json!("credit_note"), &json!(1_000))]);
    let numbers: BTreeSet<String> = stage
        .shop
        .table
        .items()
        .await
        .iter()
        .filter(|item| item["pk"].as_s().unwrap().starts_with("orders#order#"))
        .filter(|item| item["sk"].as_s().unwrap().starts_with("invoice#"))
        .map(|item| item["number"].as_s().unwrap().rsplit('-').next().unwrap().to_owned())
        .collect();
    assert_eq!(numbers, (1..=6).map(|number| number.to_string()).collect());
    let pdf = stage.invoice(&stage.key, 2).await;
    assert_eq!(pdf.status, 200);
}

#[tokio::test]
async fn buyers_are_told_once_and_strangers_only_of_paid_orders() {
    let stage = Stage::start(CaptureMode::Immediate).await;
    let order = stage.order().await;
    let placed = event(OrderPlaced { order: order.facts(), lines: order.sold() });
    assert_eq!(notify_buyers(stage.shop.consumer, placed).await.unwrap(), Done::Ignored);
    let confirmed = stage.confirmed(&order);
    assert_eq!(notify_buyers(stage.shop.consumer, confirmed.clone()).await.unwrap(), Done::Applied);
    for again in [confirmed, stage.confirmed(&order)] {
        assert_eq!(notify_buyers(stage.shop.consumer, again).await.unwrap(), Done::Duplicate);
    }
    let mails = stage.told::<MailRequested>().await;
    assert_eq!((mails.len(), mails[0].email.as_str()), (1, "guest@example.com"));
    let (id, user) = (OrderId::generate(), UserId::generate());
    stage.add(id, BuyerId::User(user), CaptureMode::Immediate, 1).await;
    let order = stage.shop.ctx.store.order(id, dynamo::Read::Strong).await.unwrap().unwrap().value;
    let placed = event(OrderPlaced { order: order.facts(), lines: order.sold() });
    assert_eq!(notify_buyers(stage.shop.consumer, placed).await.unwrap(), Done::Applied);
    assert_eq!(stage.told::<NotificationRequested>().await[0].recipients, [user]);
}

#[tokio::test]
async fn fulfilment_keeps_to_its_budget() {
    let stage = Stage::on(Shop::start().await, CaptureMode::OnShipment).await;
    // The order and its shipments, with the standing; then order, shipment, level and movement.
    budget("orders-create-shipment", "first of two", &stage.ship("a", 1).await);
    budget("orders-create-shipment", "repeated", &stage.ship("a", 1).await);
    // The order's entry changes its list.
    budget("orders-create-shipment", "last", &stage.ship("b", 2).await);
    budget("orders-cancel-shipment", "cancelled", &stage.cancel_shipment(2).await);
    budget("orders-cancel-shipment", "cancelled before", &stage.cancel_shipment(2).await);
    budget("orders-update-shipment", "tracking", &stage.update_shipment(1, &json!({ "carrier": "UPS" })).await);
    budget("orders-update-shipment", "delivered", &stage.update_shipment(1, &json!({ "delivered": true })).await);
    budget("orders-list-shipments", "two", &stage.shipments(&stage.key).await);
    budget("orders-create-return", "requested", &stage.request_return("r", 1).await);
    budget("orders-receive-return", "restocked", &stage.receive(1, 1, 1).await);
    budget("orders-receive-return", "received before", &stage.receive(1, 1, 1).await);
    budget("orders-list-returns", "one", &stage.returns(&stage.key).await);
    assert_eq!(stage.ship("c", 1).await.status, 201);
    assert_eq!(stage.request_return("s", 1).await.status, 201);
    budget("orders-reject-return", "rejected", &stage.reject(2).await);
    let order = stage.order().await;
    // Order, settings, numbers and documents; then the order, the document and the numbers.
    let issue = async || cost(issue_invoices(stage.shop.consumer, stage.confirmed(&order))).await;
    budget("orders-issue-invoices", "issued", issue().await);
    budget("orders-issue-invoices", "issued before", issue().await);
    budget("orders-list-invoices", "one", &stage.invoices(&stage.key).await);
    budget("orders-get-invoice", "rendered", &stage.invoice(&stage.key, 1).await);
    let notify = async || cost(notify_buyers(stage.shop.consumer, stage.confirmed(&order))).await;
    budget("orders-notify-buyers", "requested", notify().await);
    budget_at_most("orders-notify-buyers", "requested before", notify().await);
}
