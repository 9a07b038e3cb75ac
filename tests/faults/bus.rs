//! Events that are lost, repeated and reordered on their way.

use contracts::identity::{
    EmailVerified, PasswordChanged, PasswordResetRequested, UserRegistered, VerificationRequested,
};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, eventually};
use types::{EmailAddress, EventId, PersonName, UserId, Uuid};

/// An event with a correlation id of its own, by which its log line is found.
fn event<T: DomainEvent>(data: T) -> Envelope<T> {
    let correlation_id = format!("fault-test-{}", Uuid::now_v7());
    Envelope::new(EventId::generate(), Timestamp::now(), correlation_id, Actor::System, data)
}

/// Waits until an event was heard.
async fn handled<T>(cloud: &Cloud, event: &Envelope<T>) {
    eventually("the event's log line", async || {
        cloud.logged("notifications-plan-deliveries", &event.correlation_id).then_some(())
    })
    .await;
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
    let cloud = Cloud::connect_for_faults().await;
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
    let cloud = Cloud::connect_for_faults().await;
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
    let cloud = Cloud::connect_for_faults().await;
    let (email, user_id, name) = (cloud.new_email(), UserId::generate(), PersonName::parse("Ann").unwrap());
    let address = EmailAddress::parse(&email).unwrap();
    let registered = registered(user_id, &email);
    let again = event(VerificationRequested {
        user_id,
        email: address.clone(),
        name: name.clone(),
        verification_id: Uuid::now_v7(),
    });
    let asked = event(PasswordResetRequested {
        user_id,
        email: address.clone(),
        name: name.clone(),
        reset_id: Uuid::now_v7(),
        address_verified: true,
    });
    let changed = event(PasswordChanged { user_id, email: Some(address), name, address_verified: true });
    for _ in 0..5 {
        cloud.publish(&registered).await;
        cloud.publish(&again).await;
        cloud.publish(&asked).await;
        cloud.publish(&changed).await;
    }
    eventually("a mail of each kind", async || (cloud.mails(&email).await.len() >= 4).then_some(())).await;
    // Whatever is still under way, another user's mail comes after it.
    let other = cloud.sign_up().await;
    cloud.mail(&other.email).await;
    let mut subjects: Vec<_> = cloud.mails(&email).await.into_iter().map(|mail| mail.subject).collect();
    subjects.sort();
    let confirm = "Confirm your e-mail address";
    assert_eq!(subjects, [confirm, confirm, "Reset your password", "Your password was changed"]);
}

#[tokio::test]
async fn events_in_the_wrong_order_do_not_ask_for_what_is_proven() {
    let cloud = Cloud::connect_for_faults().await;
    let (email, user_id) = (cloud.new_email(), UserId::generate());
    let late = registered(user_id, &email);
    let proven = event(EmailVerified { user_id, email: EmailAddress::parse(&email).unwrap() });
    cloud.publish(&proven).await;
    handled(&cloud, &proven).await;
    cloud.publish(&late).await;
    handled(&cloud, &late).await;
    assert!(cloud.mails(&email).await.is_empty());
    // The proof says nothing of what is asked for later: that is about another address.
    let another = cloud.new_email();
    cloud.publish(&registered(user_id, &another)).await;
    cloud.mail(&another).await;
    assert!(cloud.mails(&email).await.is_empty());
}
