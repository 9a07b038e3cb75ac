//! Recommendations: consumers get events repeatedly and in any order and are killed, builds of the model are killed or meet a failing
//! bucket, and the model before stays in use meanwhile.

use contracts::Envelope;
use contracts::catalog::{ProductChanged, ProductPublished, ProductSnapshot, VariantSnapshot};
use contracts::orders::{AvailabilityChanged, OrderConfirmed, OrderFacts, SoldUnits, StockAvailability};
use dynamo::Table;
use jiff::Timestamp;
use recommendations::domain::feed::Pointer;
use recommendations::store::{Recommendations, Store};
use serde_json::{Value, json};
use tests::{Cloud, eventually};
use types::{CurrencyCode, OrderId, ProductId, VariantId};

use crate::deliveries::{
    Poison, ROUNDS, event, faults_are_met, handled, publish_in_disorder, publish_in_order, throttle,
};
use crate::kills::{Kill, inject, is_met, kill, killed};

const PRODUCTS: &str = "recommendations-keep-products";
const ORDERS: &str = "recommendations-keep-orders";
const BUILD: &str = "recommendations-build-model";
const LIST: &str = "recommendations-list-recommendations";
/// How many consumers of `orders` refuse the confirmation of an order that does not exist.
const REFUSED: usize = 2;

/// Two products that are bought together.
struct Pair {
    products: [ProductId; 2],
    variants: [VariantId; 2],
    orders: [OrderId; 3],
}

impl Pair {
    fn new() -> Self {
        let (products, variants) = ([(); 2].map(|()| ProductId::generate()), [(); 2].map(|()| VariantId::generate()));
        Self { products, variants, orders: [(); 3].map(|()| OrderId::generate()) }
    }

    /// What is told of the products.
    fn catalog(&self, at: Timestamp) -> Vec<Envelope<Value>> {
        let mut events = Vec::new();
        for (product_id, variant_id) in self.products.into_iter().zip(self.variants) {
            let variant = || VariantSnapshot {
                variant_id,
                sku: variant_id.uuid().simple().to_string(),
                barcode: None,
                weight_grams: None,
                choices: [].into(),
                tax_class: None,
                components: Vec::new(),
            };
            let product = || ProductSnapshot {
                slug: format!("p-{}", product_id.uuid().simple()),
                title: "Shoe".to_owned(),
                description: None,
                attributes: [].into(),
                categories: Vec::new(),
                variants: vec![variant()],
                media: Vec::new(),
            };
            let stock = |revision, availability| AvailabilityChanged { variant_id, product_id, availability, revision };
            events.extend([
                event(at, ProductPublished { product_id, revision: 1, product: product() }),
                event(at, stock(1, StockAvailability::OutOfStock)),
                event(at, ProductChanged { product_id, revision: 2, product: product() }),
                event(at, stock(2, StockAvailability::InStock)),
            ]);
        }
        events
    }

    /// The confirmed orders.
    fn orders(&self, at: Timestamp) -> Vec<Envelope<Value>> {
        let confirmed = |order_id: &OrderId| {
            let order = OrderFacts {
                order_id: *order_id,
                number: "N1".to_owned(),
                user_id: None,
                currency: CurrencyCode::parse("EUR").unwrap(),
                total_minor: 200,
                placed_at: at,
            };
            let units = |(line, product_id): (u32, ProductId)| SoldUnits {
                line,
                variant_id: VariantId::generate(),
                product_id,
                quantity: 1,
                gross_minor: 100,
            };
            let lines = (0..).zip(self.products).map(units).collect();
            event(at, OrderConfirmed { order, lines })
        };
        self.orders.iter().map(confirmed).collect()
    }

    /// Takes the dead letters of orders that were confirmed this often, all together.
    async fn take_refused(&self, cloud: &Cloud, published: usize) {
        let dead = cloud.take_dead_letters(&self.products[0].to_string(), REFUSED * published).await;
        assert_eq!(dead.len(), REFUSED * published, "{dead:?}");
    }

    /// What is recommended with the first product: whether it is the second one, and why.
    async fn together(&self, cloud: &Cloud) -> Value {
        let path = format!("/v1/commerce/recommendations?kind=together&limit=1&items={}", self.products[0]);
        let shown = cloud.get(&path).send().await.expect(200)["items"][0].clone();
        json!({ "isSecond": shown["productId"] == self.products[1].to_string(), "reason": shown["reason"] })
    }

    /// The copies of the products, without what differs between two pairs.
    async fn copies(&self, cloud: &Cloud) -> Vec<String> {
        let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
        let mut copies = Vec::new();
        for (product, variant) in self.products.into_iter().zip(self.variants) {
            let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
            let shard = product.uuid().as_u128() % 16;
            let get = client.get_item().table_name(cloud.table_name()).consistent_read(true);
            let get = get.key("pk", text(format!("recommendations#products#{shard}")));
            let get = get.key("sk", text(format!("product#{product}")));
            let mut item = get.send().await.unwrap().item.expect("a copy");
            item.retain(|name, _| !["pk", "version", "write_ids"].contains(&name.as_str()));
            let copy = serde_dynamo::from_item::<_, Value>(item).unwrap().to_string();
            copies.push(copy.replace(&product.to_string(), "product").replace(&variant.to_string(), "variant"));
        }
        copies
    }
}

async fn pointer(cloud: &Cloud) -> Option<Pointer> {
    let table = Table::<Recommendations>::new(aws_sdk_dynamodb::Client::new(&cloud.sdk().await), cloud.table_name());
    Store::new(table).feed(None).await.unwrap().0
}

/// Builds a model now, and waits until a function has loaded it: a new process does at once.
async fn build(cloud: &Cloud) -> Pointer {
    cloud.age_model().await;
    let before = pointer(cloud).await;
    let after = eventually("a model", async || {
        drop(cloud.ask(BUILD, &json!({})).await);
        pointer(cloud).await.filter(|after| Some(after) != before.as_ref())
    })
    .await;
    cloud.local("POST", "restart").json(&json!({ "binaries": [LIST] })).send().await;
    after
}

/// A pair whose products are recommended.
async fn known_pair(cloud: &Cloud) -> (Pair, Value) {
    let (pair, at) = (Pair::new(), Timestamp::now());
    let (catalog, orders) = (pair.catalog(at), pair.orders(at));
    publish_in_order(cloud, &catalog).await;
    publish_in_order(cloud, &orders).await;
    handled(cloud, PRODUCTS, &catalog, 1).await;
    handled(cloud, ORDERS, &orders, 1).await;
    pair.take_refused(cloud, orders.len()).await;
    build(cloud).await;
    let shown = pair.together(cloud).await;
    assert_eq!(shown, json!({ "isSecond": true, "reason": "bought" }));
    (pair, shown)
}

#[tokio::test]
async fn the_model_is_the_same_however_events_come_and_whoever_is_killed() {
    let cloud = Cloud::connect_for_faults().await;
    let (straight, expected) = known_pair(&cloud).await;
    let (pair, at) = (Pair::new(), Timestamp::now());
    let (catalog, orders) = (pair.catalog(at), pair.orders(at));
    let text = pair.products[0].to_string();
    let basket = format!("recommendations#basket#{}", pair.orders[0]);
    for when in ["before", "after"] {
        let write = Kill::keys(PRODUCTS, "TransactWriteItems", "recommendations#products#", when).containing(&text);
        inject(&cloud, &write).await;
        cloud.publish(&catalog[if when == "before" { 0 } else { 3 }]).await;
        is_met(&cloud, &write).await;
        kill(&cloud, PRODUCTS).await;
    }
    let write = Kill::keys(ORDERS, "PutItem", &basket, "after");
    inject(&cloud, &write).await;
    cloud.publish(&orders[0]).await;
    is_met(&cloud, &write).await;
    kill(&cloud, ORDERS).await;
    throttle(&cloud, "TransactWriteItems", "recommendations#products#").await;
    throttle(&cloud, "PutItem", "recommendations#basket#").await;
    let poison = Poison::publish(&cloud, "orders.order_confirmed.v1").await;
    publish_in_disorder(&cloud, &catalog).await;
    publish_in_disorder(&cloud, &orders).await;
    handled(&cloud, PRODUCTS, &catalog, ROUNDS).await;
    handled(&cloud, ORDERS, &orders, ROUNDS).await;
    poison.is_dead(&cloud, ORDERS).await;
    pair.take_refused(&cloud, ROUNDS * orders.len() + 1).await;
    faults_are_met(&cloud).await;
    assert_eq!(pair.copies(&cloud).await, straight.copies(&cloud).await);

    let before = pointer(&cloud).await.unwrap();
    let after = build(&cloud).await;
    assert_eq!(after.baskets, before.baskets + 3, "each order is one basket");
    assert_eq!(after.products, before.products + 2);
    assert_eq!(pair.together(&cloud).await, expected);
    assert_eq!(straight.together(&cloud).await, expected);
}

#[tokio::test]
async fn a_build_that_is_killed_anywhere_leaves_the_model_before_and_the_next_one_finishes() {
    let cloud = Cloud::connect_for_faults().await;
    let (pair, shown) = known_pair(&cloud).await;
    for (at, has_moved) in [
        (Kill::keys(BUILD, "TransactWriteItems", "recommendations#model#build", "before"), false),
        (Kill::keys(BUILD, "TransactWriteItems", "recommendations#model#build", "after"), false),
        (Kill::keys(BUILD, "Query", "recommendations#products#", "before"), false),
        (Kill::bucket(BUILD, "PutObject", "before"), false),
        (Kill::bucket(BUILD, "PutObject", "after"), false),
        (
            Kill::keys(BUILD, "TransactWriteItems", "recommendations#model#build", "before").containing("\"snapshot\""),
            false,
        ),
        (
            Kill::keys(BUILD, "TransactWriteItems", "recommendations#model#build", "after").containing("\"snapshot\""),
            true,
        ),
    ] {
        cloud.age_model().await;
        let before = pointer(&cloud).await;
        drop(killed(&cloud, &at, cloud.try_to_ask(BUILD, &json!({}))).await);
        assert_eq!(pointer(&cloud).await != before, has_moved, "{at:?}");
        assert_eq!(pair.together(&cloud).await, shown, "{at:?}");
        drop(cloud.ask(BUILD, &json!({})).await);
        let after = pointer(&cloud).await;
        assert_ne!(after, before, "{at:?}: the next run finishes");
        assert_eq!(after.map(|after| after.baskets), before.map(|before| before.baskets), "{at:?}");
        cloud.local("POST", "restart").json(&json!({ "binaries": [LIST] })).send().await;
        assert_eq!(pair.together(&cloud).await, shown, "{at:?}");
    }
}

#[tokio::test]
async fn a_bucket_or_a_table_that_fails_leaves_the_model_before_in_use() {
    let cloud = Cloud::connect_for_faults().await;
    let (pair, shown) = known_pair(&cloud).await;
    cloud.age_model().await;
    let before = pointer(&cloud).await;
    // As often as one run tries.
    cloud.inject(&json!({ "service": "s3", "operation": "PutObject", "error": "SlowDown", "count": 3 })).await;
    let failed = cloud.try_to_ask(BUILD, &json!({})).await;
    assert_ne!(failed.header("x-amz-function-error"), "", "{}", failed.body);
    assert_eq!(pointer(&cloud).await, before);
    faults_are_met(&cloud).await;

    // The next run finishes, but its model cannot be loaded.
    cloud.inject(&json!({ "service": "s3", "operation": "GetObject", "error": "SlowDown", "count": 1_000 })).await;
    drop(cloud.ask(BUILD, &json!({})).await);
    assert_ne!(pointer(&cloud).await, before);
    shown_until(&cloud, &pair, &shown, "a new model could not be loaded").await;
    let query = json!({
        "service": "dynamodb", "operation": "Query", "error": "ThrottlingException", "count": 1_000,
        "keyPrefix": "recommendations#model#current",
    });
    cloud.inject(&query).await;
    shown_until(&cloud, &pair, &shown, "the model could not be refreshed").await;
    cloud.clear_faults().await;
    cloud.local("POST", "restart").json(&json!({ "binaries": [LIST] })).send().await;
    assert_eq!(pair.together(&cloud).await, shown);
}

/// Asks for recommendations, which stay as they are, until the function logs a warning.
async fn shown_until(cloud: &Cloud, pair: &Pair, shown: &Value, warning: &str) {
    let lines = cloud.log_lines(LIST);
    eventually(warning, async || {
        assert_eq!(pair.together(cloud).await, *shown);
        let own = cloud.log().into_iter().filter(|line| line.starts_with(LIST)).skip(lines);
        own.into_iter().any(|line| line.contains(warning)).then_some(())
    })
    .await;
}
