//! Scenes of recommendations: twenty products in stock, visitors who viewed and bought them, and a model of that.

use contracts::catalog::{ProductPublished, ProductSnapshot, VariantSnapshot};
use contracts::identity::UserDeleted;
use contracts::orders::{AvailabilityChanged, OrderConfirmed, OrderFacts, SoldUnits, StockAvailability};
use dynamo::{Key, Outbox, Read};
use jiff::{SignedDuration, Timestamp};
use recommendations::domain::build::INTERVAL;
use recommendations::domain::feed::{FeedEntry, Pointer};
use recommendations::store::Recommendations;
use serde_json::{Value, json};
use types::{CurrencyCode, OrderId, ProductId, UserId, VariantId};

use crate::request::{Request, fact, sample};
use crate::stage::{Person, Stage};

/// Products that can be recommended.
const PRODUCTS: usize = 20;
const PRODUCTS_CONSUMER: &str = "recommendations-keep-products";
const ORDERS_CONSUMER: &str = "recommendations-keep-orders";
const BUILD: &str = "recommendations-build-model";

pub struct Scene {
    goods: Vec<Good>,
}

/// A product with one variant.
#[derive(Clone, Copy)]
struct Good {
    id: ProductId,
    variant: VariantId,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let goods: Vec<_> =
            (0..PRODUCTS).map(|_| Good { id: ProductId::generate(), variant: VariantId::generate() }).collect();
        for good in &goods {
            stage.hear(PRODUCTS_CONSUMER, published(*good)).await;
            stage.hear(PRODUCTS_CONSUMER, in_stock(*good)).await;
        }
        for pair in goods.windows(2) {
            visitor(stage, pair).await;
            stage.hear(ORDERS_CONSUMER, confirmed(pair)).await;
        }
        stage.invoke(BUILD, &sample(BUILD)).await;
        Self { goods }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let pair = &self.goods[..2];
        let event = match name {
            PRODUCTS_CONSUMER => {
                fact(name, published(Good { id: ProductId::generate(), variant: VariantId::generate() }))
            }
            ORDERS_CONSUMER => fact(name, confirmed(pair)),
            BUILD => {
                age(stage).await;
                sample(name)
            }
            "recommendations-forget-user" => {
                let user_id = visitor(stage, pair).await;
                fact(name, UserDeleted { user_id })
            }
            "recommendations-list-recommendations" => Request::of(name).query("items", pair[0].id).event(),
            "recommendations-record-views" => views(stage, &stage.member(&[]).await.person, pair).event(),
            _ => return None,
        };
        Some(event)
    }
}

/// A user who viewed these products just now.
async fn visitor(stage: &Stage, goods: &[Good]) -> UserId {
    let user = stage.member(&[]).await.person;
    stage.call(views(stage, &user, goods)).await;
    user.id
}

fn views(stage: &Stage, user: &Person, goods: &[Good]) -> Request {
    let viewed_at = Timestamp::now() - SignedDuration::from_secs(1);
    let views: Vec<_> = goods.iter().map(|good| json!({ "productId": good.id, "viewedAt": viewed_at })).collect();
    let body = json!({ "sessionId": stage.fresh("session-of-a-visitor"), "consent": true, "views": views });
    Request::of("recommendations-record-views").by(user).body(&body)
}

/// Makes the current model so old that the next run builds another one.
async fn age(stage: &Stage) {
    let table = stage.world.table().of::<Recommendations>();
    let key = Key::new("model", "current", "entry#pointer");
    let read = table.get::<FeedEntry>(key, Read::Strong).await.expect("the table").expect("a model");
    let FeedEntry::Pointer(pointer) = read.value.clone() else { panic!("no pointer") };
    let older = Pointer { built_at: Timestamp::now() - INTERVAL, ..pointer };
    assert!(table.replace(&read, FeedEntry::Pointer(older), &Outbox::none()).await.is_ok(), "an older model");
}

fn published(good: Good) -> ProductPublished {
    let variant = VariantSnapshot {
        variant_id: good.variant,
        sku: "SHOE".to_owned(),
        barcode: None,
        weight_grams: None,
        choices: [].into(),
        tax_class: None,
        components: Vec::new(),
    };
    let product = ProductSnapshot {
        slug: "shoe".to_owned(),
        title: "Shoe".to_owned(),
        description: None,
        attributes: [].into(),
        categories: vec!["shoes".to_owned()],
        variants: vec![variant],
        media: Vec::new(),
    };
    ProductPublished { product_id: good.id, revision: 1, product }
}

fn in_stock(good: Good) -> AvailabilityChanged {
    let availability = StockAvailability::InStock;
    AvailabilityChanged { variant_id: good.variant, product_id: good.id, availability, revision: 1 }
}

/// A guest's order of one unit of each.
fn confirmed(goods: &[Good]) -> OrderConfirmed {
    let line = |(line, good): (u32, &Good)| SoldUnits {
        line,
        variant_id: good.variant,
        product_id: good.id,
        quantity: 1,
        gross_minor: 1_250,
    };
    OrderConfirmed {
        order: OrderFacts {
            order_id: OrderId::generate(),
            number: "7ZK2M0QX9D".to_owned(),
            user_id: None,
            currency: CurrencyCode::parse("EUR").expect("a currency"),
            total_minor: 2_500,
            placed_at: Timestamp::now(),
        },
        lines: (0..).zip(goods).map(line).collect(),
    }
}
