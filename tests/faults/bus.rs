//! Events that are lost, repeated and reordered on their way.

use contracts::identity::{EmailVerified, UserRegistered};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, eventually};
use types::{EmailAddress, EventId, PersonName, UserId, Uuid};

fn event<T: DomainEvent>(data: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), Timestamp::now(), "fault-test".to_owned(), Actor::System, data)
}

fn registered(user_id: UserId, email: &str) -> Envelope<UserRegistered> {
    event(UserRegistered {
        user_id,
        email: Some(EmailAddress::parse(email).unwrap()),
        name: PersonName::parse("Ann").unwrap(),
        verification_id: Some(Uuid::now_v7()),
    })
}

/// How many processes of the publisher have an invocation in hand.
async fn publishers_at_work(cloud: &Cloud) -> u64 {
    let functions = cloud.local("GET", "functions").send().await.expect(200);
    let publisher = |function: &&Value| function["binary"] == "platform-publish-events";
    functions.as_array().unwrap().iter().find(publisher).map_or(0, |function| function["running"].as_u64().unwrap())
}

#[tokio::test]
async fn a_publisher_that_is_killed_in_the_middle_of_a_batch_loses_nothing() {
    let cloud = Cloud::connect().await;
    // Before: the bus never got the events. After: it did, and the publisher died before it heard so.
    for when in ["before", "after"] {
        cloud
            .inject(
                &json!({ "service": "events", "operation": "PutEvents", "delayMs": 3_000, "count": 1, "when": when }),
            )
            .await;
        let mut users = Vec::new();
        for _ in 0..5 {
            users.push(cloud.sign_up().await);
        }
        eventually("a publisher at work", async || (publishers_at_work(&cloud).await > 0).then_some(())).await;
        let killed = cloud.local("POST", "functions/platform-publish-events/kill").send().await.expect(200);
        assert!(killed["running"].as_u64() > Some(0), "{killed}");
        for user in users {
            cloud.mail(&user.email).await;
            assert_eq!(cloud.mails(&user.email).await.len(), 1);
        }
    }
}

#[tokio::test]
async fn entries_that_the_bus_refuses_are_tried_again() {
    let cloud = Cloud::connect().await;
    cloud.inject(&json!({ "service": "events", "operation": "PutEvents", "error": "InternalFailure", "partial": true, "count": 3 })).await;
    let user = cloud.sign_up().await;
    cloud.mail(&user.email).await;
    // The whole call fails more often than the client itself tries: the stream delivers the batch again.
    cloud
        .inject(&json!({ "service": "events", "operation": "PutEvents", "error": "ThrottlingException", "count": 20 }))
        .await;
    let user = cloud.sign_up().await;
    cloud.mail(&user.email).await;
    cloud.clear_faults().await;
}

#[tokio::test]
async fn an_event_that_comes_five_times_has_one_effect() {
    let cloud = Cloud::connect().await;
    let email = cloud.new_email();
    let event = registered(UserId::generate(), &email);
    for _ in 0..5 {
        cloud.publish(&event).await;
    }
    cloud.mail(&email).await;
    // Whatever is still under way, another user's mail comes after it.
    let other = cloud.sign_up().await;
    cloud.mail(&other.email).await;
    assert_eq!(cloud.mails(&email).await.len(), 1);
}

#[tokio::test]
async fn events_in_the_wrong_order_do_not_ask_for_what_is_proven() {
    let cloud = Cloud::connect().await;
    let (email, user_id) = (cloud.new_email(), UserId::generate());
    cloud.publish(&event(EmailVerified { user_id, email: EmailAddress::parse(&email).unwrap() })).await;
    eventually("the first event's effect", async || {
        cloud.logged("notifications-send-verification-email", "\"code\":\"applied\"").then_some(())
    })
    .await;
    let late = registered(user_id, &email);
    let known = cloud.log_lines("notifications-send-verification-email");
    cloud.publish(&late).await;
    eventually("the second event", async || {
        (cloud.log_lines("notifications-send-verification-email") > known).then_some(())
    })
    .await;
    assert!(cloud.mails(&email).await.is_empty());
}

#[tokio::test]
async fn a_mail_provider_that_throttles_gets_the_mail_later_and_once() {
    let cloud = Cloud::connect().await;
    cloud
        .inject(
            &json!({ "service": "sesv2", "operation": "SendEmail", "error": "TooManyRequestsException", "count": 2 }),
        )
        .await;
    let user = cloud.sign_up().await;
    cloud.mail(&user.email).await;
    assert_eq!(cloud.mails(&user.email).await.len(), 1);
    cloud.clear_faults().await;
}
