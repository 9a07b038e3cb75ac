//! Thousands of deliveries at once, with events that come twice: nothing is lost, nothing is doubled.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use contracts::notifications::{Category, Channel, NotificationRequested};
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use tests::{Cloud, notification};
use types::{EventId, UserId, Uuid};

const PEOPLE: usize = 100;
/// How many deliveries; `ATOLL_DELIVERIES=10000` for all of the promise, which takes minutes.
const DELIVERIES: usize = 1_000;
const BOUND: Duration = Duration::from_mins(15);

/// Somebody whose address is proven, as identity's events would have told it.
async fn contacts(cloud: &Cloud, people: &[UserId]) {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let text = |text: String| AttributeValue::S(text);
    for some in people.chunks(25) {
        let puts = some.iter().map(|user| {
            let known = AttributeValue::M(
                [("value".to_owned(), text(address(*user))), ("at".to_owned(), text(Timestamp::now().to_string()))]
                    .into(),
            );
            let put = PutRequest::builder()
                .item("pk", text(format!("notifications#user#{user}")))
                .item("sk", text("contact".to_owned()))
                .item("version", AttributeValue::N("1".to_owned()))
                .item("user_id", text(user.to_string()))
                .item("email", known.clone())
                .item("proven", known)
                .build();
            WriteRequest::builder().put_request(put.unwrap()).build()
        });
        let write = client.batch_write_item().request_items(cloud.table_name(), puts.collect());
        assert!(write.send().await.unwrap().unprocessed_items.unwrap_or_default().is_empty());
    }
}

fn address(user: UserId) -> String {
    format!("fan-{}@example.com", user.uuid().simple())
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_deliveries_arrive_once_each() {
    let cloud = Cloud::connect_for_faults().await;
    let deliveries: usize = std::env::var("ATOLL_DELIVERIES").map_or(DELIVERIES, |number| number.parse().unwrap());
    let people: Vec<_> = (0..PEOPLE).map(|_| UserId::generate()).collect();
    contacts(&cloud, &people).await;
    let marker = Uuid::now_v7();
    let events: Vec<_> = (0..deliveries / PEOPLE)
        .map(|number| {
            let title = format!("{marker} {number}");
            notification(&people, Category::Reminders, Some(&[Channel::Email]), &title)
        })
        .collect();
    let started = Instant::now();
    for (number, event) in events.iter().enumerate() {
        cloud.publish(event).await;
        if number % 3 == 0 {
            cloud.publish(event).await;
            // Told anew by somebody who did not know that it had been told.
            let again: Envelope<NotificationRequested> = Envelope::new(
                EventId::generate(),
                Timestamp::now(),
                event.correlation_id.clone(),
                Actor::System,
                event.data.clone(),
            );
            cloud.publish(&again).await;
        }
    }
    // One person after the other: each look makes the cloud go through all mails.
    for user in &people {
        tests::eventually_within(BOUND, "all mails", async || {
            (cloud.mails(&address(*user)).await.len() >= events.len()).then_some(())
        })
        .await;
    }
    let took = started.elapsed();
    println!("{deliveries} deliveries in {took:.1?}");
    // Whatever would be sent twice is under way now: another user's mail comes after it.
    let other = cloud.sign_up().await;
    cloud.mail(&other.email).await;
    let sent = count(&cloud, &people).await;
    assert_eq!(sent.len(), deliveries, "something is lost");
    assert!(sent.values().all(|count| *count == 1), "something was sent twice");
}

/// How often each mail was sent: by its reader and its subject.
async fn count(cloud: &Cloud, people: &[UserId]) -> BTreeMap<(UserId, String), usize> {
    let mut sent = BTreeMap::new();
    for user in people {
        for mail in cloud.mails(&address(*user)).await {
            *sent.entry((*user, mail.subject)).or_default() += 1;
        }
    }
    sent
}
