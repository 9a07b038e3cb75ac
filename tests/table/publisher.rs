//! The publisher of events, with a bus and a dead-letter queue in the process.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_eventbridge::config::Credentials;
use kit::consumer::DeadLetters;
use kit::stream::{Change, FailedFrom};
use platform::consumers::publish_events::{Ctx, publish_events};
use serde_json::{Value, json};
use testkit::{TestBus, TestQueue};

struct Publisher {
    ctx: Ctx,
    bus: TestBus,
    dead: TestQueue,
}

impl Publisher {
    async fn start() -> Self {
        let (bus, dead) = (TestBus::start().await, TestQueue::start().await);
        let region = Region::from_static("eu-central-1");
        let config = aws_sdk_eventbridge::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region.clone())
            .credentials_provider(Credentials::for_tests())
            .endpoint_url(bus.url());
        let client = aws_sdk_eventbridge::Client::from_conf(config.build());
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .credentials_provider(Credentials::for_tests())
            .endpoint_url(dead.url());
        let letters = DeadLetters::new(aws_sdk_sqs::Client::from_conf(config.build()), dead.url());
        Self { ctx: Ctx::new(client, "bus", letters), bus, dead }
    }

    async fn publish(&self, changes: Vec<Change>) -> Result<(), FailedFrom> {
        publish_events(&self.ctx, changes).await
    }

    /// The subjects of the on_bus events.
    fn published(&self) -> Vec<String> {
        self.bus.published().iter().map(|event| event["subject"].as_str().unwrap().to_owned()).collect()
    }
}

/// A change of the item `item` with events about these subjects.
fn change(number: usize, item: &str, subjects: &[&str]) -> Change {
    let event = |subject: &&str| {
        json!({
            "id": "0190b0a0-0000-7000-8000-000000000000", "type": "shop.sold", "version": 1,
            "occurredAt": "2026-01-01T00:00:00Z", "correlationId": "c", "actor": { "kind": "system" },
            "subject": subject, "data": {},
        })
    };
    raw_change(number, item, &subjects.iter().map(event).collect::<Value>().to_string())
}

fn raw_change(number: usize, item: &str, outbox: &str) -> Change {
    let image = json!({ "secret": { "S": "ann@example.com" }, "outbox": { "S": outbox } });
    let keys = json!({ "pk": { "S": item }, "sk": { "S": "item" } });
    serde_json::from_value(json!({
        "dynamodb": { "Keys": keys, "NewImage": image, "SequenceNumber": number.to_string() },
    }))
    .unwrap()
}

fn batch() -> Vec<Change> {
    vec![
        change(0, "a", &["a1", "a2"]),
        change(1, "b", &["b1"]),
        change(2, "a", &["bad", "a3"]),
        change(3, "c", &["c1"]),
    ]
}

#[tokio::test]
async fn an_event_that_the_bus_refuses_for_good_is_a_dead_letter_alone() {
    for code in ["MalformedDetail", "InvalidArgument", "ValidationException"] {
        let publisher = Publisher::start().await;
        publisher.bus.refuse_events("bad", code);
        publisher.publish(batch()).await.unwrap();
        let mut on_bus = publisher.published();
        assert!(on_bus.iter().position(|one| one == "a2") < on_bus.iter().position(|one| one == "a3"));
        on_bus.sort();
        assert_eq!(on_bus, ["a1", "a2", "a3", "b1", "c1"], "{code}");
        let [letter] = publisher.dead.take().try_into().unwrap();
        let body: Value = serde_json::from_str(letter["MessageBody"].as_str().unwrap()).unwrap();
        assert_eq!(body, json!({ "keys": { "pk": { "S": "a" }, "sk": { "S": "item" } }, "sequenceNumber": "2" }));
        let reason = letter["MessageAttributes"]["reason"]["StringValue"].as_str().unwrap();
        assert!(reason.starts_with("the bus refused event 0190b0a0-") && reason.ends_with(code), "{reason}");
    }
}

#[tokio::test]
async fn a_call_that_the_bus_refuses_for_good_costs_the_event_that_is_the_cause() {
    let publisher = Publisher::start().await;
    publisher.bus.refuse_calls("bad", "ValidationException");
    publisher.publish(batch()).await.unwrap();
    let mut on_bus = publisher.published();
    on_bus.sort();
    assert_eq!(on_bus, ["a1", "a2", "a3", "b1", "c1"]);
    assert_eq!(publisher.dead.take().len(), 1);
}

#[tokio::test]
async fn a_missing_permission_is_no_reason_to_give_an_event_up() {
    let publisher = Publisher::start().await;
    publisher.bus.refuse_events("b1", "AccessDeniedException");
    let failed = publisher.publish(batch()).await.unwrap_err();
    assert_eq!((failed.sequence_number.as_str(), failed.reason.as_str()), ("1", "AccessDeniedException"));
    assert!(publisher.dead.take().is_empty());
}

/// A change that is reported as failed makes Lambda count all changes before it as done.
#[tokio::test]
async fn a_dead_letter_queue_that_refuses_does_not_lose_the_changes_before_it() {
    let publisher = Publisher::start().await;
    publisher.dead.refuse(100);
    let changes = vec![change(0, "a", &["a1"]), raw_change(1, "b", "ann@example.com"), change(2, "c", &["c1"])];
    let failed = publisher.publish(changes).await.unwrap_err();
    assert_eq!(failed.sequence_number, "1");
    assert_eq!(publisher.published(), ["a1", "c1"]);
}

#[tokio::test]
async fn an_unreadable_outbox_is_put_aside_without_its_content() {
    let publisher = Publisher::start().await;
    let changes = vec![raw_change(0, "b", r#"["ann@example.com"]"#), change(1, "c", &["c1"])];
    publisher.publish(changes).await.unwrap();
    assert_eq!(publisher.published(), ["c1"]);
    let [letter] = publisher.dead.take().try_into().unwrap();
    assert!(!letter.to_string().contains("ann@"), "{letter}");
    let reason = letter["MessageAttributes"]["reason"]["StringValue"].as_str().unwrap();
    assert!(reason.starts_with("the outbox cannot be read: invalid type, expected"), "{reason}");
}
