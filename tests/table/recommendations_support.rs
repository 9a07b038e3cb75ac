//! Recommendations in the process, on a table and a bucket of the test's own.

use std::time::Duration;

use contracts::catalog::{ProductArchived, ProductPublished, ProductSnapshot, VariantSnapshot};
use contracts::orders::{AvailabilityChanged, OrderConfirmed, OrderFacts, SoldUnits, StockAvailability};
use jiff::Timestamp;
use kit::http::endpoint;
use kit::snapshot::SnapshotFiles;
use kit::sqs::Done;
use kit::{Clock, Deadline};
use recommendations::consumers::build_model::{Run, build_until};
use recommendations::consumers::{keep_orders::keep_orders, keep_products::keep_products};
use recommendations::store::{Recommendations, Store};
use recommendations::{Building, ConsumerContext, Ctx, Recommending, api};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, leak, request};
use types::{CurrencyCode, OrderId, ProductId, UserId, VariantId};

use crate::bucket::{BUCKET, Services};
use crate::identity_support::{Deployment, stage};
use crate::orders_support::event;

/// A visitor's session.
pub const SESSION: &str = "session-of-a-visitor-1";

/// A deployment of recommendations, and of identity for tokens.
pub struct Shop {
    pub table: TestTable,
    pub services: Services,
    pub clock: Clock,
    pub ctx: &'static Ctx,
    pub consumer: &'static ConsumerContext,
    pub building: &'static Building,
    public: &'static Recommending,
    identity: Deployment,
}

/// A product with one variant.
#[derive(Clone, Copy)]
pub struct Good {
    pub id: ProductId,
    pub variant: VariantId,
}

impl Shop {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await).await
    }

    pub async fn start_with_conflicts() -> Self {
        Self::on(TestTable::start_with_conflicts().await).await
    }

    async fn on(table: TestTable) -> Self {
        let (services, identity) = (Services::start().await, Deployment::start().await);
        // The names of files contain the machine's time.
        let clock = Clock::manual(Timestamp::now());
        let store = Store::new(table.of::<Recommendations>());
        let files = SnapshotFiles::new::<Recommendations>(&services.config().into(), BUCKET);
        Self {
            ctx: leak(Ctx::new(store.clone(), clock.clone(), identity.verifier())),
            consumer: leak(ConsumerContext::new(store.clone(), clock.clone())),
            building: leak(Building::new(store.clone(), files.clone(), clock.clone())),
            public: leak(Recommending::new(store, files, clock.clone())),
            table,
            services,
            clock,
            identity,
        }
    }

    /// Registers a user, and returns the ID and a token.
    pub async fn person(&self, email: &str) -> (UserId, String) {
        let signed_up = self.identity.sign_up(email).await.body;
        let token = signed_up["tokens"]["accessToken"].as_str().unwrap().to_owned();
        (signed_up["user"]["id"].as_str().unwrap().parse().unwrap(), token)
    }

    /// A published product of a category, in stock.
    pub async fn good(&self, category: &str) -> Good {
        let good = Good { id: ProductId::generate(), variant: VariantId::generate() };
        self.publish(good, 1, category).await;
        self.stock(good, 1, StockAvailability::InStock).await;
        good
    }

    pub async fn goods<const N: usize>(&self, category: &str) -> [Good; N] {
        let mut goods = Vec::new();
        for _ in 0..N {
            goods.push(self.good(category).await);
        }
        goods.try_into().unwrap_or_else(|_| panic!("{N} products"))
    }

    pub async fn publish(&self, good: Good, revision: u64, category: &str) -> Done {
        let variant = VariantSnapshot {
            variant_id: good.variant,
            sku: "S".to_owned(),
            barcode: None,
            weight_grams: None,
            choices: [].into(),
            tax_class: None,
            components: Vec::new(),
        };
        let product = ProductSnapshot {
            slug: "s".to_owned(),
            title: "T".to_owned(),
            description: None,
            attributes: [].into(),
            categories: vec![category.to_owned()],
            variants: vec![variant],
            media: Vec::new(),
        };
        keep_products(self.consumer, event(ProductPublished { product_id: good.id, revision, product })).await.unwrap()
    }

    pub async fn archive(&self, good: Good, revision: u64) -> Done {
        let fact = ProductArchived { product_id: good.id, revision, variant_ids: vec![good.variant] };
        keep_products(self.consumer, event(fact)).await.unwrap()
    }

    pub async fn stock(&self, good: Good, revision: u64, availability: StockAvailability) -> Done {
        let fact = AvailabilityChanged { variant_id: good.variant, product_id: good.id, availability, revision };
        keep_products(self.consumer, event(fact)).await.unwrap()
    }

    /// A confirmed order.
    pub fn order(&self, user_id: Option<UserId>, goods: &[Good]) -> OrderConfirmed {
        let line = |(line, good): (usize, &Good)| SoldUnits {
            line: u32::try_from(line).unwrap(),
            variant_id: good.variant,
            product_id: good.id,
            quantity: 1,
            gross_minor: 100,
        };
        OrderConfirmed {
            order: OrderFacts {
                order_id: OrderId::generate(),
                number: "1".to_owned(),
                user_id,
                currency: CurrencyCode::parse("EUR").unwrap(),
                total_minor: 100,
                placed_at: self.clock.now(),
            },
            lines: goods.iter().enumerate().map(line).collect(),
        }
    }

    pub async fn buy(&self, order: OrderConfirmed) -> Done {
        keep_orders(self.consumer, event(order)).await.unwrap()
    }

    /// Records views of a session, one each second until now.
    pub async fn view(&self, token: Option<&str>, session: &str, goods: &[Good]) -> Reply {
        let count = u64::try_from(goods.len()).unwrap();
        let at = |index: u64| self.clock.now() - Duration::from_secs(count - index);
        let views: Vec<_> =
            (0..).zip(goods).map(|(index, good)| json!({ "productId": good.id, "viewedAt": at(index) })).collect();
        self.record(token, &json!({ "sessionId": session, "consent": true, "views": views })).await
    }

    pub async fn record(&self, token: Option<&str>, body: &Value) -> Reply {
        let endpoint = endpoint(api::record_views::record_views, self.ctx, stage());
        let authorization = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = authorization.iter().map(|text| ("authorization", text.as_str())).collect();
        endpoint.call(request("POST", "/v1/commerce/views", &headers, Some(body))).await.into()
    }

    /// Recommendations for these items, and the figures of the reply.
    pub async fn ask(&self, query: &str) -> Reply {
        let endpoint = endpoint(api::list_recommendations::list_recommendations, self.public, stage());
        endpoint.call(request("GET", &format!("/v1/commerce/recommendations?{query}"), &[], None)).await.into()
    }

    /// The recommended products with their reasons, once what is loaded is old enough to be refreshed.
    pub async fn recommended(&self, items: &[Good], kind: &str) -> Vec<(ProductId, String)> {
        self.clock.advance(Duration::from_secs(10));
        let items: Vec<_> = items.iter().map(|good| good.id.to_string()).collect();
        let reply = self.ask(&format!("items={}&kind={kind}", items.join(","))).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let found = reply.body["items"].as_array().unwrap().iter();
        found
            .map(|item| {
                let id = item["productId"].as_str().unwrap().parse().unwrap();
                (id, item["reason"].as_str().unwrap().to_owned())
            })
            .collect()
    }

    /// Builds a model an hour after the last one.
    pub async fn build(&self) {
        self.clock.advance(Duration::from_hours(1));
        assert_eq!(build_until(self.building, Deadline::never()).await, Ok(Run::Published));
    }
}
