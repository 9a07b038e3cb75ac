//! Poison ends in the dead-letter queue with its reason, and its neighbours go on.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use serde_json::{Value, json};
use tests::{Cloud, DeadLetter};
use types::Uuid;

#[tokio::test]
async fn a_poison_message_ends_in_its_queue_while_its_neighbours_succeed() {
    let cloud = Cloud::connect_for_faults().await;
    let marker = Uuid::now_v7().to_string();
    let poison = json!({
        "id": Uuid::now_v7(), "type": "identity.user_registered", "version": 1, "occurredAt": "2026-01-01T00:00:00Z",
        "correlationId": "fault-test", "actor": { "kind": "system" }, "subject": marker, "data": { "userId": "nobody" },
    });
    publish_raw(&cloud, "identity.user_registered.v1", &poison).await;
    let user = cloud.sign_up().await;
    cloud.mail(&user.email).await;

    // Media, notifications and the wallet read the event as its type; analytics looks for the user in it.
    let dead = cloud.take_dead_letters(&marker, 4).await;
    assert_eq!(dead.len(), 4, "{dead:?}");
    let is_typed = |letter: &&DeadLetter| letter.reason.starts_with("identity.user_registered.v1: ");
    let (typed, others): (Vec<_>, Vec<_>) = dead.iter().partition(is_typed);
    assert_eq!(typed.len(), 3, "{dead:?}");
    assert!(typed.iter().all(|letter| letter.reason.contains("UUID")), "the reason says what is wrong: {typed:?}");
    assert!(others.iter().all(|letter| letter.reason.contains("is no user ID")), "{others:?}");
}

/// A consumer without a queue: the bus invokes it.
#[tokio::test]
async fn a_poison_event_of_a_directly_invoked_consumer_ends_in_the_queue_of_its_context() {
    let cloud = Cloud::connect_for_faults().await;
    let marker = Uuid::now_v7().to_string();
    let poison = json!({
        "id": Uuid::now_v7(), "type": "identity.session_ended", "version": 1, "occurredAt": "2026-01-01T00:00:00Z",
        "correlationId": "fault-test", "actor": { "kind": "system" }, "subject": marker, "data": { "userId": "nobody" },
    });
    publish_raw(&cloud, "identity.session_ended.v1", &poison).await;

    // Realtime is invoked by the bus, notifications through a queue.
    let dead = cloud.take_dead_letters(&marker, 2).await;
    assert_eq!(dead.len(), 2, "{dead:?}");
    for letter in dead {
        assert!(letter.reason.starts_with("identity.session_ended.v1: "), "{}", letter.reason);
    }
}

#[tokio::test]
async fn a_change_with_a_broken_outbox_is_put_aside_and_the_stream_goes_on() {
    let cloud = Cloud::connect_for_faults().await;
    let marker = Uuid::now_v7().to_string();
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let put = client
        .put_item()
        .table_name(cloud.table_name())
        .item("pk", AttributeValue::S(format!("identity#broken#{marker}")))
        .item("sk", AttributeValue::S("account".to_owned()))
        .item("outbox", AttributeValue::S("no json".to_owned()));
    put.send().await.unwrap();
    let user = cloud.sign_up().await;
    cloud.mail(&user.email).await;

    let dead = cloud.take_dead_letter("platform-dead-letters", &marker).await;
    assert!(dead.reason.starts_with("the outbox cannot be read"), "{}", dead.reason);
}

async fn publish_raw(cloud: &Cloud, detail_type: &str, detail: &Value) {
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(cloud.bus_name())
        .source("atoll.identity")
        .detail_type(detail_type)
        .detail(detail.to_string())
        .build();
    let client = aws_sdk_eventbridge::Client::new(&cloud.sdk().await);
    assert_eq!(client.put_events().entries(entry).send().await.unwrap().failed_entry_count(), 0);
}
