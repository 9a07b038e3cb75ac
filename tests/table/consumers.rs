//! The runners of consumers: dead letters and continuations. `ERASURE_ITEMS=100000` sets how many items an erasure finds.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::config::Credentials;
use contracts::Envelope;
use dynamo::{Context, Entity, Key, Outbox};
use kit::Deadline;
use kit::consumer::{
    DeadLetters, Done, Failure, Handled, MAX_CONTINUATIONS, OwnQueue, PartlyHandled, Pause, Progress, Round, in_rounds,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use testkit::{TestQueue, TestTable, queue_event};

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

/// A batch with one message, continued so often before.
fn first_message() -> aws_lambda_events::sqs::SqsEvent {
    queue_event(&[json!({ "MessageBody": event("a.b").to_string() })])
}

fn own_queue(queue: &TestQueue) -> OwnQueue {
    OwnQueue::new(client(queue), queue.url())
}

async fn pause(_event: Envelope<Value>) -> PartlyHandled {
    Ok(Progress::Continue(Pause::seconds(7)))
}

#[tokio::test]
async fn a_continuation_is_a_new_message_with_the_same_content_after_the_pause() {
    let (queue, dead) = (TestQueue::start().await, TestQueue::start().await);
    let mut batch = first_message();
    for number in 1..=3 {
        let response = kit::sqs::batch_in_parts(batch, "r", &dead_letters(&dead), &own_queue(&queue), pause).await;
        assert!(response.batch_item_failures.is_empty());
        let sent = queue.take();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0]["MessageBody"].as_str(), Some(event("a.b").to_string().as_str()));
        assert_eq!(sent[0]["DelaySeconds"], 7);
        assert_eq!(sent[0]["MessageAttributes"]["continuations"]["StringValue"], number.to_string());
        batch = queue_event(&sent);
    }
    assert_eq!(dead.take(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_continuation_that_the_queue_refuses_leaves_the_message() {
    let (queue, dead) = (TestQueue::start().await, TestQueue::start().await);
    queue.refuse(1);
    let response =
        kit::sqs::batch_in_parts(first_message(), "r", &dead_letters(&dead), &own_queue(&queue), pause).await;
    assert_eq!(response.batch_item_failures.len(), 1);
    assert_eq!((queue.take().len(), dead.take().len()), (0, 0));
}

#[tokio::test]
async fn a_message_that_is_continued_for_ever_is_a_dead_letter_in_the_end() {
    let (queue, dead) = (TestQueue::start().await, TestQueue::start().await);
    let count = json!({ "DataType": "Number", "StringValue": MAX_CONTINUATIONS.to_string() });
    let sent = json!({ "MessageBody": event("a.b").to_string(), "MessageAttributes": { "continuations": count } });
    let batch = queue_event(&[sent]);
    let response = kit::sqs::batch_in_parts(batch, "r", &dead_letters(&dead), &own_queue(&queue), pause).await;
    assert!(response.batch_item_failures.is_empty());
    let [letter] = dead.take().try_into().unwrap();
    assert_eq!(letter["MessageAttributes"]["reason"]["StringValue"], "not finished after 1000 continuations");
    assert_eq!(queue.take(), Vec::<Value>::new());
}

/// Runs a consumer that has `items` to remove, one per round and one round per delivery. The process is killed after
/// `lifetime` of each delivery; what was not acknowledged is delivered again.
async fn remove_all(items: u32, lifetime: impl Fn(usize) -> Duration) -> usize {
    let (queue, dead) = (TestQueue::start().await, TestQueue::start().await);
    let left = RefCell::new((0..items).collect::<BTreeSet<_>>());
    let remove = async |_: Envelope<Value>| {
        in_rounds(Deadline::after(Duration::ZERO), async || {
            tokio::task::yield_now().await;
            let removed = left.borrow_mut().pop_first();
            tokio::task::yield_now().await;
            Ok(Round { changed: usize::from(removed.is_some()), more: !left.borrow().is_empty() })
        })
        .await
    };
    let mut waiting = vec![json!({ "MessageBody": event("a.b").to_string() })];
    for delivery in 0..1_000 {
        let Some(message) = waiting.pop() else { return left.into_inner().len() };
        let batch = queue_event(std::slice::from_ref(&message));
        let (dead_letters, own) = (dead_letters(&dead), own_queue(&queue));
        let work = kit::sqs::batch_in_parts(batch, "r", &dead_letters, &own, remove);
        let acknowledged = tokio::time::timeout(lifetime(delivery), work).await;
        waiting.extend(queue.take());
        if acknowledged.is_err() {
            waiting.push(message);
        }
    }
    panic!("not finished after a thousand deliveries");
}

#[tokio::test]
async fn killed_at_any_time_a_continuation_loses_nothing() {
    assert_eq!(remove_all(10, |_| Duration::from_secs(10)).await, 0);
    // Killed before, while and after the continuation is sent.
    assert_eq!(remove_all(10, |delivery| Duration::from_micros(40 * (delivery as u64 % 100))).await, 0);
}

struct Shop;
impl Context for Shop {
    const NAME: &'static str = "shop";
}

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    number: u32,
}

impl Entity for Note {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        Key::new("user", "ann", format!("note#{:06}", self.number))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_with_thousands_of_items_is_forgotten_whatever_is_killed() {
    let notes: u32 = std::env::var("ERASURE_ITEMS").ok().and_then(|items| items.parse().ok()).unwrap_or(4_500);
    let table = TestTable::start().await;
    for number in 0..notes {
        table.of::<Shop>().create(Note { number }, &Outbox::none()).await.unwrap();
    }
    let (queue, dead) = (TestQueue::start().await, TestQueue::start().await);
    let shop = table.of::<Shop>();
    // Each delivery has time for one round only.
    let forget = async |_: Envelope<Value>| {
        let round = async || Ok(shop.forget("ann", 1_800_000_000).await?.into());
        in_rounds(Deadline::after(Duration::ZERO), round).await
    };
    let mut waiting = vec![json!({ "MessageBody": event("a.b").to_string() })];
    let (mut deliveries, begun) = (0_u64, std::time::Instant::now());
    while let Some(message) = waiting.pop() {
        deliveries += 1;
        assert!(deliveries < 200 + u64::from(notes) / 100, "deliveries without end");
        let (dead_letters, own) = (dead_letters(&dead), own_queue(&queue));
        let work =
            kit::sqs::batch_in_parts(queue_event(std::slice::from_ref(&message)), "r", &dead_letters, &own, forget);
        // The first deliveries are killed sooner, the later ones are not.
        let acknowledged = tokio::time::timeout(Duration::from_millis(deliveries), work).await;
        waiting.extend(queue.take());
        if acknowledged.is_err() {
            waiting.push(message);
        }
    }
    assert!(deliveries > 5, "{deliveries}");
    println!("{notes} items: {deliveries} deliveries, {:.1} s", begun.elapsed().as_secs_f64());
    // The marker.
    assert_eq!(table.items().await.len(), 1);
    assert_eq!(dead.take(), Vec::<Value>::new());
}
