//! The log: numbers without gaps, one per event, and what a client gets that was away.

use std::time::Duration;

use contracts::Envelope;
use contracts::notifications::NotificationAdded;
use jiff::Timestamp;
use kit::Clock;
use kit::sqs::Done;
use realtime::domain::limits::RESUMES;
use realtime::domain::log::{MESSAGE_LIFETIME, Missed, PUSH_AGAIN, RESUME_PAGE_MESSAGES, missed};
use serde_json::json;
use types::UserId;

use crate::realtime_support::{Deployment, Person, notification};

/// The numbers of the messages that a socket heard.
fn numbers(deployment: &Deployment, connection: &str) -> Vec<u64> {
    let heard = deployment.gateway.sent(connection).into_iter();
    let messages = heard.filter(|frame| frame["type"] == "notification");
    messages.map(|frame| frame["id"].as_str().unwrap().parse().unwrap()).collect()
}

fn many(user: UserId, count: usize) -> Vec<Envelope<NotificationAdded>> {
    (0..count).map(|_| notification(user)).collect()
}

#[tokio::test]
async fn events_that_come_together_and_again_get_one_number_each_without_gaps() {
    let deployment = Deployment::start().await;
    let person = Person::new();
    let events = many(person.user, 12);
    // Each three times, all at once: what a queue may bring. It brings back what gave up against the others.
    let all = (0..3).flat_map(|_| &events).map(async |event| {
        loop {
            if let Ok(done) = deployment.notify(event).await.0 {
                return done;
            }
        }
    });
    let done = futures::future::join_all(all).await;
    assert_eq!(done.iter().filter(|done| **done == Done::Applied).count(), 12);
    let held = deployment.held(person.user).await;
    let messages: Vec<_> = held.iter().filter_map(|key| key.strip_prefix("message#")).collect();
    assert_eq!(messages, (1..=12).map(|number| format!("{number:020}")).collect::<Vec<_>>());
    assert_eq!(held.iter().filter(|key| key.starts_with("seen#")).count(), 12);
}

#[tokio::test]
async fn every_device_of_the_user_hears_it_and_nobody_else() {
    let deployment = Deployment::start().await;
    let (person, stranger) = (Person::new(), Person::new());
    for (person, connection) in [(person, "a"), (person, "b"), (stranger, "c")] {
        deployment.connect(person, connection).await;
    }
    let event = notification(person.user);
    assert_eq!(deployment.notify(&event).await.0.unwrap(), Done::Applied);
    let frame = json!({ "type": "notification", "id": "1", "data": {
        "notificationId": event.data.notification_id, "category": "activity", "kind": "plain", "data": {}, "title": "Title", "body": "Body",
    }});
    assert_eq!((deployment.gateway.sent("a"), deployment.gateway.sent("b")), (vec![frame.clone()], vec![frame]));
    assert!(deployment.gateway.sent("c").is_empty());
}

#[tokio::test]
async fn an_event_that_comes_again_is_pushed_again_while_its_first_consumer_may_have_died() {
    let clock = Clock::manual(Timestamp::now());
    let deployment = Deployment::at(clock.clone()).await;
    let person = Person::new();
    let event = notification(person.user);
    // The consumer dies after the commit: nobody is connected to tell, which comes to the same.
    assert_eq!(deployment.notify(&event).await.0.unwrap(), Done::Applied);
    deployment.connect(person, "a").await;
    assert_eq!(deployment.notify(&event).await.0.unwrap(), Done::Duplicate);
    assert_eq!(numbers(&deployment, "a"), [1]);
    clock.advance(PUSH_AGAIN);
    deployment.connect(person, "b").await;
    assert_eq!(deployment.notify(&event).await.0.unwrap(), Done::Duplicate, "a replay of the archive");
    assert!(numbers(&deployment, "b").is_empty());
}

#[tokio::test]
async fn a_client_gets_what_it_missed_in_pages_and_in_order() {
    let deployment = Deployment::start().await;
    let person = Person::new();
    let count = RESUME_PAGE_MESSAGES + 7;
    for event in many(person.user, count) {
        deployment.notify(&event).await.0.unwrap();
    }
    deployment.connect(person, "a").await;
    deployment.say("a", &json!({ "type": "resume", "id": "1", "data": { "after": "0" } })).await;
    let end = deployment.gateway.sent("a").pop().unwrap();
    assert_eq!(end, json!({ "type": "resumed", "id": "1", "data": { "last": "50", "more": true } }));
    deployment.say("a", &json!({ "type": "resume", "id": "2", "data": { "after": "50" } })).await;
    let end = deployment.gateway.sent("a").pop().unwrap();
    assert_eq!(end, json!({ "type": "resumed", "id": "2", "data": { "last": "57", "more": false } }));
    assert_eq!(numbers(&deployment, "a"), (1..=count as u64).collect::<Vec<_>>());
    // Who begins here learns where that is.
    deployment.connect(person, "b").await;
    deployment.say("b", &json!({ "type": "resume" })).await;
    assert_eq!(deployment.gateway.sent("b"), [json!({ "type": "resumed", "data": { "last": "57", "more": false } })]);
}

#[tokio::test]
async fn missed_messages_are_sent_so_often_and_no_more() {
    let clock = Clock::manual(Timestamp::now());
    let deployment = Deployment::at(clock.clone()).await;
    let person = Person::new();
    deployment.notify(&notification(person.user)).await.0.unwrap();
    let (missed, current) = (json!({ "after": "0" }), json!({ "after": "1" }));
    // From two connections, which count together. A client that missed nothing counts nothing.
    for connection in ["a", "b"] {
        deployment.connect(person, connection).await;
        for _ in 0..RESUMES.max() / 2 {
            deployment.say(connection, &json!({ "type": "resume", "data": missed })).await;
            deployment.say(connection, &json!({ "type": "resume", "data": current })).await;
        }
        assert_eq!(numbers(&deployment, connection).len(), RESUMES.max() as usize / 2);
    }
    deployment.say("a", &json!({ "type": "resume", "id": "x", "data": missed })).await;
    let refused = deployment.gateway.sent("a").pop().unwrap();
    assert_eq!((&refused["id"], &refused["data"]["code"]), (&json!("x"), &json!("realtime.too_many_resumes")));
    assert_eq!(numbers(&deployment, "a").len(), RESUMES.max() as usize / 2);
    clock.advance(Duration::from_mins(15));
    deployment.connect(person, "c").await;
    deployment.say("c", &json!({ "type": "resume", "data": missed })).await;
    assert_eq!(numbers(&deployment, "c"), [1]);
}

#[tokio::test]
async fn what_is_not_kept_is_a_reset() {
    let clock = Clock::manual(Timestamp::now());
    let deployment = Deployment::at(clock.clone()).await;
    let person = Person::new();
    for event in many(person.user, 3) {
        deployment.notify(&event).await.0.unwrap();
    }
    clock.advance(MESSAGE_LIFETIME);
    deployment.notify(&notification(person.user)).await.0.unwrap();
    // The table may not have swept them yet.
    let read = deployment.ctx.store.messages_after(person.user, 1).await.unwrap();
    assert_eq!(missed(1, 4, read, clock.now()), Missed::Reset { last: 4 });
    let read = deployment.ctx.store.messages_after(person.user, 3).await.unwrap();
    assert!(matches!(missed(3, 4, read, clock.now()), Missed::Page { last: 4, more: false, .. }));
    // A client that knows a number which was never given.
    let deployment = Deployment::start().await;
    deployment.connect(person, "a").await;
    deployment.say("a", &json!({ "type": "resume", "data": { "after": "9" } })).await;
    assert_eq!(deployment.gateway.sent("a"), [json!({ "type": "reset", "data": { "last": "0" } })]);
}

#[tokio::test]
async fn a_gateway_that_fails_costs_a_push_and_no_message() {
    let deployment = Deployment::start().await;
    let person = Person::new();
    deployment.connect(person, "a").await;
    // More often than the client of the SDK tries.
    deployment.gateway.fail(3);
    assert_eq!(deployment.notify(&notification(person.user)).await.0.unwrap(), Done::Applied);
    assert!(deployment.heard("a").is_empty());
    deployment.say("a", &json!({ "type": "ping" })).await;
    assert_eq!(deployment.gateway.sent("a"), [json!({ "type": "pong", "data": { "last": "1" } })]);
    deployment.say("a", &json!({ "type": "resume", "data": { "after": "0" } })).await;
    assert_eq!(numbers(&deployment, "a"), [1]);
}
