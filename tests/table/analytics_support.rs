//! The functions of analytics in the process, on a table of the test's own.

use std::collections::{BTreeMap, HashMap};

use analytics::api::{get_metric, list_metrics};
use analytics::consumers::count_events::count_events;
use analytics::ctx::{CountingContext, Ctx};
use analytics::domain::distinct::DistinctKey;
use analytics::domain::metrics;
use analytics::domain::period::{Interval, Range};
use analytics::domain::row::{Cell, Grain, shard};
use analytics::domain::series::Values;
use analytics::store::{Analytics, CounterRow, Query, Store};
use contracts::events::EventReported;
use contracts::identity::{Device, SessionStarted, UserRegistered};
use contracts::orders::{OrderConfirmed, OrderFacts, SoldUnits};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::{Entity, Outbox, Read};
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::http::endpoint;
use kit::sqs::{Failure, Handled};
use lambda_http::RequestExt;
use serde_json::Value;
use testkit::{Reply, TestTable, leak, request};
use types::{
    CareEventId, CurrencyCode, EventId, EventTypeId, OrderId, PersonName, PointId, ProductId, SessionId, UserId,
    VariantId, derive_id,
};

use crate::identity_support::{Deployment, stage};

/// A deployment's counters.
pub struct Counters {
    pub table: TestTable,
    pub store: Store,
    pub clock: Clock,
    pub consumer: &'static CountingContext,
}

pub fn currency(code: &str) -> CurrencyCode {
    CurrencyCode::parse(code).unwrap()
}

pub fn event<T: DomainEvent>(at: Timestamp, fact: T) -> Envelope<Value> {
    Envelope::new(EventId::generate(), at, "test".to_owned(), Actor::System, fact).erase().unwrap()
}

impl Counters {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await)
    }

    pub fn on(table: TestTable) -> Self {
        let clock = Clock::manual("2026-11-29T13:30:00Z".parse().unwrap());
        let key = DistinctKey::from_base64(&format!("{}=", "A".repeat(43))).unwrap();
        let store = || Store::new(table.of::<Analytics>());
        let consumer = leak(CountingContext::new(store(), clock.clone(), key));
        Self { store: store(), table, clock, consumer }
    }

    pub async fn count(&self, event: &Envelope<Value>) -> Handled {
        Box::pin(count_events(self.consumer, event.clone())).await
    }

    /// Delivers an event as a queue does: again, until it is dealt with.
    pub async fn deliver(&self, event: &Envelope<Value>) {
        for _ in 0..10 {
            match self.count(event).await {
                Ok(_) => return,
                Err(Failure::Retry(_)) => {}
                Err(Failure::Poison(reason)) => panic!("poison: {reason}"),
            }
        }
        panic!("an event would be in the dead-letter queue");
    }

    /// Hours before now.
    pub fn ago(&self, hours: i64) -> Timestamp {
        self.clock.now() - SignedDuration::from_hours(hours)
    }

    pub async fn values(&self, name: &str, by: Option<&'static str>, interval: Interval, days: i64) -> Values {
        let metric = metrics::named(name).unwrap();
        let range = Range::between(self.ago(24 * days), self.clock.now(), interval, 1_100).unwrap();
        self.store.values(Query { metric, range, by }).await.unwrap()
    }

    /// The sums of the series of the last days, by value and currency.
    pub async fn sums(
        &self,
        name: &str,
        by: Option<&'static str>,
        interval: Interval,
        days: i64,
    ) -> BTreeMap<String, i64> {
        let values = self.values(name, by, interval, days).await;
        let named = values.series.into_iter().map(|series| {
            let names = [series.value, series.currency.map(|currency| currency.to_string())];
            (names.into_iter().flatten().collect::<Vec<_>>().join(" "), series.values.iter().flatten().sum())
        });
        named.collect()
    }

    pub async fn total(&self, name: &str, interval: Interval, days: i64) -> i64 {
        self.sums(name, None, interval, days).await.values().sum()
    }

    /// What is stored, without the versions of items, which say how often one was written.
    pub async fn stored(&self) -> BTreeMap<String, String> {
        let items = self
            .table
            .items()
            .await
            .into_iter()
            .filter(|item| item["pk"].as_s().unwrap().starts_with("analytics#metric#"));
        let text = |item: HashMap<String, _>| {
            let mut attributes: BTreeMap<_, _> =
                item.into_iter().map(|(name, value)| (name, format!("{value:?}"))).collect();
            attributes.retain(|name, _| !matches!(name.as_str(), "version" | "write_ids" | "cell"));
            (format!("{} {}", attributes["pk"], attributes["sk"]), format!("{attributes:?}"))
        };
        items.map(text).collect()
    }

    /// Sets a bucket of the row of hours in which an event counts.
    pub async fn fill(&self, event: &Envelope<Value>, metric: &str, bucket: &str, sum: i64) {
        let (at, cell) = (event.occurred_at, Cell::total(Some(currency("EUR"))));
        let mut row = CounterRow::of(metric, Grain::Hours, Grain::Hours.row(at), shard(event.id), cell);
        let table = self.table.of::<Analytics>();
        let read = table.get::<CounterRow>(row.key(), Read::Strong).await.unwrap().unwrap();
        row.attributes.insert(bucket.to_owned(), sum.into());
        table.replace(&read, row, &Outbox::none()).await.unwrap();
    }

    pub async fn ask(&self, identity: &Deployment, token: Option<&str>, name: Option<&str>, query: &str) -> Reply {
        let ctx = leak(Ctx::new(self.store.clone(), self.clock.clone(), identity.verifier()));
        let endpoint = match name {
            Some(_) => endpoint(get_metric::get_metric, ctx, stage()),
            None => endpoint(list_metrics::list_metrics, ctx, stage()),
        };
        let authorization = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = authorization.iter().map(|value| ("authorization", value.as_str())).collect();
        let path = name.map(|name| ("name".to_owned(), name.to_owned())).into_iter().collect::<HashMap<_, _>>();
        let request = request("GET", &format!("/v1/analytics/metrics/x?{query}"), &headers, None);
        endpoint.call(request.with_path_parameters(path)).await.into()
    }
}

pub fn confirmed(at: Timestamp, code: &str, total_minor: i64, quantities: &[u32]) -> Envelope<Value> {
    let order_id = OrderId::generate();
    let order = OrderFacts {
        order_id,
        number: "7ZK2M0QX9D".to_owned(),
        user_id: None,
        currency: currency(code),
        total_minor,
        placed_at: at,
    };
    let line = |(line, quantity): (usize, &u32)| SoldUnits {
        line: u32::try_from(line).unwrap(),
        variant_id: VariantId::generate(),
        product_id: ProductId::generate(),
        quantity: *quantity,
        gross_minor: 100,
    };
    event(at, OrderConfirmed { order, lines: quantities.iter().enumerate().map(line).collect() })
}

/// The user with this number.
pub fn user(number: usize) -> UserId {
    UserId::new(derive_id(&["user", &number.to_string()]))
}

pub fn signed_in(at: Timestamp, user_id: UserId, platform: &str) -> Envelope<Value> {
    let device = Device { name: "Phone".to_owned(), platform: platform.to_owned() };
    event(at, SessionStarted { user_id, session_id: SessionId::generate(), device })
}

pub fn registered(at: Timestamp) -> Envelope<Value> {
    let name = PersonName::parse("Ann").unwrap();
    event(at, UserRegistered { user_id: UserId::generate(), email: None, name, verification_id: None })
}

pub fn reported(at: Timestamp, user_id: UserId) -> Envelope<Value> {
    let fact = EventReported {
        event_id: CareEventId::generate(),
        point_id: PointId::generate(),
        user_id,
        event_type_id: EventTypeId::generate(),
        code: "feeding".to_owned(),
        type_name: "Feeding".to_owned(),
        point_name: "Harbour".to_owned(),
        occurred_at: at,
        reward: Some(types::Money::new(10, currency("POINTS"))),
        reward_withheld: None,
    };
    event(at, fact)
}
