//! Invented events, delivered as queues may deliver them: repeatedly, in any order, with unreadable ones among them.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, eventually};
use types::{EventId, Uuid};

/// How often each event is published by [`publish_in_disorder`].
pub const ROUNDS: usize = 3;

/// An event of a time, with a correlation ID of its own, by which its log lines are found.
pub fn event<T: DomainEvent>(at: Timestamp, fact: T) -> Envelope<Value> {
    let id = EventId::generate();
    Envelope::new(id, at, id.to_string(), Actor::System, fact).erase().expect("JSON")
}

/// Publishes events in their order, each once.
pub async fn publish_in_order(cloud: &Cloud, events: &[Envelope<Value>]) {
    for event in events {
        cloud.publish(event).await;
    }
}

/// Publishes all events [`ROUNDS`] times, each time in another order: first in reverse.
pub async fn publish_in_disorder(cloud: &Cloud, events: &[Envelope<Value>]) {
    for round in 0..ROUNDS {
        let mut order: Vec<usize> = (0..events.len()).rev().collect();
        if round > 0 {
            // Bits of products with an odd number are spread, so they make an order.
            order.sort_by_key(|place| (place + round * events.len()).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 7);
        }
        for place in order {
            cloud.publish(&events[place]).await;
        }
    }
}

/// Waits until a function has handled each event successfully this often.
pub async fn handled(cloud: &Cloud, function: &str, events: &[Envelope<Value>], times: usize) {
    eventually(&format!("{function} to handle {} events", events.len()), async || {
        let log = cloud.log();
        let own: Vec<&String> =
            log.iter().filter(|line| line.starts_with(function) && line.contains("\"outcome\":\"ok\"")).collect();
        let count = |event: &Envelope<Value>| own.iter().filter(|line| line.contains(&event.correlation_id)).count();
        events.iter().all(|event| count(event) >= times).then_some(())
    })
    .await;
}

/// An event whose payload no consumer can read.
pub struct Poison {
    marker: String,
    consumers: Vec<String>,
}

impl Poison {
    /// Publishes one of this type, such as `orders.order_placed.v1`.
    pub async fn publish(cloud: &Cloud, detail_type: &str) -> Self {
        let mut consumers = cloud.consumers().await.remove(detail_type).unwrap_or_default();
        // Analytics counts no event of that age, whatever it contains.
        consumers.retain(|name| !name.starts_with("analytics-"));
        consumers.sort();
        let (marker, name) = (Uuid::now_v7().to_string(), detail_type.trim_end_matches(".v1"));
        let context = detail_type.split('.').next().unwrap_or_default();
        let detail = json!({
            "id": Uuid::now_v7(), "type": name, "version": 1, "occurredAt": "2026-01-01T00:00:00Z", "subject": marker,
            "correlationId": "fault-test", "actor": { "kind": "system" }, "data": { "nothing": marker },
        });
        let entry = PutEventsRequestEntry::builder().event_bus_name(cloud.bus_name()).detail_type(detail_type);
        let entry = entry.source(format!("atoll.{context}")).detail(detail.to_string()).build();
        let client = aws_sdk_eventbridge::Client::new(&cloud.sdk().await);
        assert_eq!(client.put_events().entries(entry).send().await.expect("the bus").failed_entry_count(), 0);
        Self { marker, consumers }
    }

    /// Waits for its dead letters and takes them: one for each consumer, among them this one, with the reason.
    pub async fn is_dead(&self, cloud: &Cloud, consumer: &str) {
        let letters = cloud.take_dead_letters(&self.marker, self.consumers.len()).await;
        let mut names: Vec<&str> =
            letters.iter().map(|letter| letter.consumer.trim_start_matches("atoll-local-")).collect();
        names.sort_unstable();
        assert_eq!(names, self.consumers);
        assert!(names.contains(&consumer), "{names:?}");
        assert!(letters.iter().all(|letter| letter.reason.contains("missing field")), "{letters:?}");
    }
}

/// Lets the next writes of a kind be refused because the table is throttled: more often than one delivery tries.
pub async fn throttle(cloud: &Cloud, operation: &str, key_prefix: &str) {
    let fault = json!({
        "service": "dynamodb", "operation": operation, "error": "ThrottlingException", "count": 5, "keyPrefix": key_prefix,
    });
    cloud.inject(&fault).await;
}

/// Waits until all injected faults were met.
pub async fn faults_are_met(cloud: &Cloud) {
    eventually("the faults to be met", async || {
        let left = cloud.local("GET", "faults").send().await.expect(200);
        left.as_array().is_some_and(Vec::is_empty).then_some(())
    })
    .await;
}
