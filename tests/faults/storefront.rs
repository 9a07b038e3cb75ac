//! The storefront: its pages are the same in any order of events, with killed functions, and with failures for a while.

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::catalog::{
    BundleComponent, PriceChanged, PriceTier, ProductArchived, ProductChanged, ProductPublished, ProductSnapshot,
    VariantChanged, VariantSnapshot,
};
use contracts::orders::{
    AvailabilityChanged, OrderCancelled, OrderConfirmed, OrderFacts, OrderPlaced, RefundDue, RefundReason,
    ReturnReceived, ReturnRequested, ShipmentDelivered, ShipmentShipped, SoldUnits, StockAvailability,
};
use contracts::payments::{DisputeOpened, PaymentCaptured, PaymentProviderName, PaymentSummary, RefundSucceeded};
use contracts::{DomainEvent, Envelope};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Cloud, User};
use types::{CurrencyCode, EventId, LocationId, OrderId, PaymentId, ProductId, RefundId, Uuid, VariantId};

use crate::deliveries::{
    Poison, ROUNDS, event, faults_are_met, handled, publish_in_disorder, publish_in_order, throttle,
};
use crate::kills::{Kill, inject, is_met, kill, killed};

const CATALOG: &str = "storefront-build-catalog-pages";
const ORDERS: &str = "storefront-build-order-pages";
const HOME: &str = "storefront-build-home";

/// How many consumers of `orders` and `payments` refuse an event about an order that does not exist.
const REFUSED: [(&str, usize); 10] = [
    ("orders.order_cancelled", 2),
    ("orders.order_confirmed", 2),
    ("orders.order_placed", 1),
    ("orders.refund_due", 1),
    ("orders.return_received", 1),
    ("orders.shipment_shipped", 2),
    ("orders.shipment_delivered", 1),
    ("payments.dispute_opened", 1),
    ("payments.payment_captured", 1),
    ("payments.refund_succeeded", 2),
];

/// A small shop: two products, a bundle of them, and two orders. The IDs of two shops differ in their middle only.
struct Shop {
    name: String,
    begin: Timestamp,
}

impl Shop {
    fn new(begin: Timestamp) -> Self {
        // The last digits are the random ones.
        let digits = Uuid::now_v7().simple().to_string();
        Self { name: digits[16..].to_owned(), begin }
    }

    /// What all IDs of the shop begin with.
    fn prefix(&self) -> String {
        let [first, second, third, fourth] = [0, 4, 8, 12].map(|at| &self.name[at..at + 4]);
        format!("00000000-{first}-{second}-{third}-{fourth}")
    }

    fn id(&self, number: u32) -> Uuid {
        Uuid::parse_str(&format!("{}{number:08x}", self.prefix())).unwrap()
    }

    fn product(&self, number: u32) -> ProductId {
        ProductId::new(self.id(number))
    }

    fn variant(&self, number: u32) -> VariantId {
        VariantId::new(self.id(100 + number))
    }

    fn order(&self, number: u32) -> OrderId {
        OrderId::new(self.id(200 + number))
    }

    fn slug(&self, number: u32) -> String {
        format!("p-{}-{number}", self.name)
    }

    fn category(&self) -> String {
        format!("c-{}", self.name)
    }

    fn event<T: DomainEvent>(&self, second: i64, fact: T) -> Envelope<Value> {
        event(self.begin + SignedDuration::from_secs(second), fact)
    }

    fn snapshot(&self, number: u32, title: &str, components: &[u32]) -> ProductSnapshot {
        let component = |number: &u32| BundleComponent { variant_id: self.variant(*number), quantity: 2 };
        let variant = VariantSnapshot {
            variant_id: self.variant(number),
            sku: format!("{}-{number}", self.name),
            barcode: None,
            weight_grams: None,
            choices: [].into(),
            tax_class: None,
            components: components.iter().map(component).collect(),
        };
        ProductSnapshot {
            slug: self.slug(number),
            title: title.to_owned(),
            description: None,
            attributes: [].into(),
            categories: vec![self.category()],
            variants: vec![variant],
            media: Vec::new(),
        }
    }

    fn stock(&self, number: u32, revision: u64, availability: StockAvailability) -> Envelope<Value> {
        let (variant_id, product_id) = (self.variant(number), self.product(number));
        self.event(3, AvailabilityChanged { variant_id, product_id, availability, revision })
    }

    fn price(&self, number: u32, revision: u64, amount_minor: i64) -> Envelope<Value> {
        let fact = PriceChanged {
            variant_id: self.variant(number),
            sku: format!("{}-{number}", self.name),
            price_list: "tests-eur".to_owned(),
            currency: CurrencyCode::parse("EUR").unwrap(),
            tiers: Some(vec![PriceTier { min_quantity: 1, amount_minor }]),
            revision,
        };
        self.event(2, fact)
    }

    /// The catalog: the bundle is told before its components change, and the second product is archived.
    fn catalog(&self) -> Vec<Envelope<Value>> {
        let mut events = Vec::new();
        for number in [1, 2] {
            let (variant_id, product_id) = (self.variant(number), self.product(number));
            events.extend([
                self.event(
                    1,
                    ProductPublished { product_id, revision: 1, product: self.snapshot(number, "Shoe", &[]) },
                ),
                self.event(1, VariantChanged { variant_id, product_id, revision: 1, variant: None }),
                self.price(number, 1, 1_000),
                self.stock(number, 1, StockAvailability::InStock),
            ]);
        }
        let (product_id, product) = (self.product(3), self.snapshot(3, "Set", &[1, 2]));
        let (second, variant_ids) = (self.product(2), vec![self.variant(2)]);
        events.extend([
            self.event(4, ProductPublished { product_id, revision: 1, product }),
            self.price(1, 2, 900),
            self.stock(1, 2, StockAvailability::LowStock),
            self.event(
                5,
                ProductChanged { product_id: self.product(1), revision: 2, product: self.snapshot(1, "Boot", &[]) },
            ),
            self.event(6, ProductArchived { product_id: second, revision: 2, variant_ids }),
        ]);
        events
    }

    /// Two orders: one is delivered, returned in part and disputed, the other is shipped in part and cancelled in part.
    fn orders(&self) -> Vec<Envelope<Value>> {
        let facts = |number| OrderFacts {
            order_id: self.order(number),
            number: format!("N{number}"),
            user_id: None,
            currency: CurrencyCode::parse("EUR").unwrap(),
            total_minor: 2_500,
            placed_at: self.begin,
        };
        let units = |quantity| SoldUnits {
            line: 0,
            variant_id: self.variant(1),
            product_id: self.product(1),
            quantity,
            gross_minor: 1_250 * i64::from(quantity),
        };
        let shipped = |number, shipment, is_last| ShipmentShipped {
            order: facts(number),
            shipment,
            location_id: LocationId::new(self.id(300)),
            lines: vec![units(1)],
            capture_minor: 1_250,
            capture_total_minor: None,
            is_last,
        };
        let payment = PaymentSummary {
            payment_id: PaymentId::new(self.id(400)),
            order_id: self.order(1),
            user_id: None,
            provider: PaymentProviderName::Stripe,
            currency: CurrencyCode::parse("EUR").unwrap(),
            amount_minor: 2_500,
            started_at: None,
        };
        let refund_id = RefundId::new(self.id(500));
        let mut events = Vec::new();
        for number in [1, 2] {
            events.push(self.event(10, OrderPlaced { order: facts(number), lines: vec![units(2)] }));
            events.push(self.event(11, OrderConfirmed { order: facts(number), lines: vec![units(2)] }));
            events.push(self.event(12, shipped(number, 1, false)));
        }
        let cancelled =
            OrderCancelled { order: facts(2), lines: vec![units(1)], is_complete: false, capture_total_minor: None };
        let (amount_minor, reason) = (700, RefundReason::Returned);
        let due = RefundDue { order: facts(1), refund_id, amount_minor, capture_total_minor: None, reason };
        let lines = || vec![units(1)];
        events.extend([
            self.event(13, shipped(1, 2, true)),
            self.event(14, ShipmentDelivered { order: facts(1), shipment: 1 }),
            self.event(15, ShipmentDelivered { order: facts(1), shipment: 2 }),
            self.event(16, PaymentCaptured { payment: payment.clone(), captured_minor: 2_500 }),
            self.event(17, ReturnRequested { order: facts(1), return_number: 1, lines: lines() }),
            self.event(18, ReturnReceived { order: facts(1), return_number: 1, lines: lines(), refund_minor: 700 }),
            self.event(19, due),
            self.event(20, RefundSucceeded { payment: payment.clone(), refund_id, refunded_minor: 700 }),
            self.event(21, DisputeOpened { payment, dispute_id: "d".to_owned(), disputed_minor: 1 }),
            Envelope { id: EventId::new(self.id(600)), ..self.event(22, cancelled) },
        ]);
        events
    }

    /// Whether the first product is on the home page.
    async fn is_on_home(&self, cloud: &Cloud) -> bool {
        let page = cloud.get("/v1/commerce/web/home").send().await.expect(200);
        page["newest"].as_array().unwrap().iter().any(|card| card["id"] == self.product(1).to_string())
    }

    /// Takes the dead letters of events about the shop's orders.
    async fn take_refused<'a>(&self, cloud: &Cloud, published: impl IntoIterator<Item = &'a Envelope<Value>>) {
        let refused = |event: &Envelope<Value>| {
            REFUSED.iter().find(|(name, _)| *name == event.event_type).map_or(0, |(_, count)| *count)
        };
        let expected = published.into_iter().map(refused).sum();
        assert_eq!(cloud.take_dead_letters(&self.prefix(), expected).await.len(), expected);
    }

    /// All items that follow from the events, without what differs between two shops and what counts writes.
    async fn items(&self, cloud: &Cloud) -> Vec<String> {
        let mut partitions = vec![format!("category#{}", self.category())];
        for number in 1..=3 {
            partitions.push(format!("product#{}", self.slug(number)));
            partitions.push(format!("products#{:02}", number % 16));
            partitions.push(format!("variant#{}", self.variant(number)));
            partitions.push(format!("order#{}", self.order(number)));
        }
        let day = self.begin.strftime("%Y-%m-%d");
        partitions.extend((0..8).map(|shard| format!("sales#{day}-{shard}")));
        let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
        let mut texts = Vec::new();
        for partition in partitions {
            let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
            let pk = AttributeValue::S(format!("storefront#{partition}"));
            let found =
                query.expression_attribute_values(":pk", pk).consistent_read(true).into_paginator().items().send();
            for mut item in found.collect::<Result<Vec<_>, _>>().await.unwrap() {
                item.retain(|name, _| name != "version" && name != "write_ids");
                texts.push(serde_dynamo::from_item::<_, Value>(item).unwrap().to_string());
            }
        }
        texts.retain(|text| text.contains(&self.name) || text.contains(&self.prefix()));
        let mut texts: Vec<_> =
            texts.iter().map(|text| text.replace(&self.prefix(), "id").replace(&self.name, "name")).collect();
        texts.sort();
        texts
    }
}

/// The figures of the dashboard that orders add to.
async fn figures(cloud: &Cloud, manager: &User) -> [i64; 5] {
    let call = cloud.get("/v1/commerce/backoffice/dashboard").bearer(&manager.access_token);
    let figures = call.send().await.expect(200);
    let euros = figures["revenue"].as_array().unwrap().iter().find(|revenue| revenue["currency"] == "EUR").cloned();
    let euros = euros.unwrap_or_default();
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    [
        number(&figures["openOrders"]),
        number(&figures["toShip"]),
        number(&figures["attentionCount"]),
        number(&euros["amountMinor"]),
        number(&euros["orders"]),
    ]
}

#[tokio::test]
async fn pages_and_figures_are_the_same_however_events_come_and_whoever_is_killed() {
    let cloud = Cloud::connect_for_faults().await;
    let (manager, begin) = (cloud.manager().await, Timestamp::now());
    let (straight, shop) = (Shop::new(begin), Shop::new(begin));
    let none = figures(&cloud, &manager).await;
    let (catalog, orders) = (straight.catalog(), straight.orders());
    // One after the other: what a rebuild would do.
    for event in &catalog {
        cloud.publish(event).await;
        handled(&cloud, CATALOG, std::slice::from_ref(event), 1).await;
    }
    publish_in_order(&cloud, &orders).await;
    handled(&cloud, ORDERS, &orders, 1).await;
    straight.take_refused(&cloud, &orders).await;
    let (expected, once) = (straight.items(&cloud).await, figures(&cloud, &manager).await);
    assert!(expected.len() >= 12, "{expected:#?}");
    let added: Vec<i64> = once.iter().zip(none).map(|(after, before)| after - before).collect();

    let (catalog, orders) = (shop.catalog(), shop.orders());
    let order = format!("storefront#order#{}", shop.order(1));
    let product = format!("product#{}", shop.product(1));
    for (when, of_catalog, of_order) in [("before", &catalog[0], &orders[0]), ("after", &catalog[11], &orders[1])] {
        let page = Kill::keys(CATALOG, "TransactWriteItems", "storefront#products#", when).containing(&product);
        let own = Kill::keys(ORDERS, "TransactWriteItems", &order, when);
        for (at, event) in [(page, of_catalog), (own, of_order)] {
            inject(&cloud, &at).await;
            cloud.publish(event).await;
            is_met(&cloud, &at).await;
            kill(&cloud, at.binary).await;
        }
    }
    throttle(&cloud, "TransactWriteItems", &order).await;
    throttle(&cloud, "TransactWriteItems", "storefront#products#").await;
    let poison = [
        Poison::publish(&cloud, "catalog.product_changed.v1").await,
        Poison::publish(&cloud, "orders.order_placed.v1").await,
    ];
    publish_in_disorder(&cloud, &catalog).await;
    publish_in_disorder(&cloud, &orders).await;
    handled(&cloud, CATALOG, &catalog, ROUNDS).await;
    handled(&cloud, ORDERS, &orders, ROUNDS).await;
    for (poison, consumer) in poison.iter().zip([CATALOG, ORDERS]) {
        poison.is_dead(&cloud, consumer).await;
    }
    let published = (0..ROUNDS).flat_map(|_| &orders).chain(&orders[..2]);
    shop.take_refused(&cloud, published).await;
    faults_are_met(&cloud).await;
    assert_eq!(shop.items(&cloud).await, expected);
    let twice = figures(&cloud, &manager).await;
    let added_again: Vec<i64> = twice.iter().zip(once).map(|(after, before)| after - before).collect();
    assert_eq!(added_again, added);
}

#[tokio::test]
async fn a_run_that_is_killed_leaves_the_home_page_and_the_next_one_finishes() {
    let cloud = Cloud::connect_for_faults().await;
    for (when, is_new) in [("before", false), ("after", true)] {
        let at = Kill::keys(HOME, "PutItem", "storefront#home#all", when);
        let shop = Shop::new(Timestamp::now());
        let catalog = shop.catalog();
        publish_in_order(&cloud, &catalog[..1]).await;
        handled(&cloud, CATALOG, &catalog[..1], 1).await;
        assert!(!shop.is_on_home(&cloud).await, "{at:?}");
        drop(killed(&cloud, &at, cloud.try_to_ask(HOME, &json!({}))).await);
        assert_eq!(shop.is_on_home(&cloud).await, is_new, "{at:?}");
        // More often than one run tries: it fails, and leaves the page.
        cloud.clear_faults().await;
        throttle(&cloud, "GetItem", "storefront#home#all").await;
        let failed = cloud.try_to_ask(HOME, &json!({})).await;
        assert_ne!(failed.header("x-amz-function-error"), "", "{}", failed.body);
        cloud.clear_faults().await;
        drop(cloud.ask(HOME, &json!({})).await);
        assert!(shop.is_on_home(&cloud).await, "{at:?}: the next run finishes");
    }
}
