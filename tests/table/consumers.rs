//! The runners of consumers: what reaches their dead-letter queue.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::config::Credentials;
use contracts::Envelope;
use kit::consumer::{DeadLetters, Done, Failure, Handled};
use serde_json::{Value, json};
use testkit::{TestQueue, queue_event};

fn client(queue: &TestQueue) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::for_tests())
        .endpoint_url(queue.url());
    aws_sdk_sqs::Client::from_conf(config.build())
}

fn dead_letters(queue: &TestQueue) -> DeadLetters {
    DeadLetters::new(client(queue), queue.url())
}

fn event(event_type: &str) -> Value {
    json!({ "detail": {
        "id": "0190b0a0-0000-7000-8000-000000000000", "type": event_type, "version": 1,
        "occurredAt": "2026-01-01T00:00:00Z", "correlationId": "c", "actor": { "kind": "system" },
        "subject": "s", "data": {},
    }})
}

async fn refuse_forever(_event: Envelope<Value>) -> Handled {
    Err(Failure::Poison("never".into()))
}

#[tokio::test]
async fn poison_from_the_bus_is_a_dead_letter_at_once_with_reason_and_consumer() {
    let queue = TestQueue::start().await;
    kit::bus::once(&event("a.b"), "r", &dead_letters(&queue), refuse_forever).await.unwrap();
    let [letter] = queue.take().try_into().unwrap();
    assert_eq!(letter["MessageBody"].as_str(), Some(event("a.b").to_string().as_str()));
    assert_eq!(letter["MessageAttributes"]["reason"]["StringValue"], "never");
    // Outside of Lambda no variable tells the function's name.
    assert_eq!(letter["MessageAttributes"]["consumer"]["StringValue"], "unknown");
}

#[tokio::test]
async fn what_is_no_event_is_poison() {
    let queue = TestQueue::start().await;
    let done = async |_: Envelope<Value>| Ok(Done::Applied);
    kit::bus::once(&json!({ "detail": {} }), "r", &dead_letters(&queue), done).await.unwrap();
    assert_eq!(queue.take().len(), 1);
}

#[tokio::test]
async fn poison_that_the_dead_letter_queue_refuses_is_delivered_again() {
    let queue = TestQueue::start().await;
    queue.refuse(2);
    let error = kit::bus::once(&event("a.b"), "r", &dead_letters(&queue), refuse_forever).await.unwrap_err();
    assert!(error.error_message.ends_with("poison because: never"), "{error:?}");
    let batch = queue_event(&[json!({ "MessageBody": event("a.b").to_string() })]);
    let response = kit::sqs::batch(batch, "r", &dead_letters(&queue), refuse_forever).await;
    assert_eq!(response.batch_item_failures.len(), 1);
    assert_eq!(queue.take(), Vec::<Value>::new());
}
