//! What each function of realtime may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use contracts::identity::SessionEndReason;
use dynamo::Usage;
use jiff::Timestamp;
use serde_json::json;

use crate::realtime_support::{Deployment, Person, notification};

fn used(usage: Usage) -> String {
    format!("calls={} read={} write={}", usage.calls, usage.read_units, usage.write_units)
}

#[tokio::test]
async fn realtime_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    let person = Person::new();
    let token = deployment.token(person, Timestamp::now());
    let (_, connected) = deployment.offer("a", &json!({ "queryStringParameters": { "token": token } })).await;
    deployment.gateway.open("a");
    let event = notification(person.user);
    let (_, first) = deployment.notify(&event).await;
    let (_, next) = deployment.notify(&notification(person.user)).await;
    let (_, again) = deployment.notify(&event).await;
    let ping = deployment.say("a", &json!({ "type": "ping" })).await;
    let resumed = deployment.say("a", &json!({ "type": "resume", "data": { "after": "0" } })).await;
    let nothing = deployment.say("a", &json!({ "type": "resume", "data": { "after": "2" } })).await;
    let authenticated = deployment.say("a", &json!({ "type": "authenticate", "data": { "token": token } })).await;
    let disconnected = deployment.disconnect("a").await;
    deployment.connect(person, "b").await;
    let (_, ended) = deployment.end_session(person, SessionEndReason::Logout).await;
    let (_, deleted) = deployment.delete(person.user).await;

    // The connection with its place in the index, and the look at the marker; then the session's end and all connections.
    assert_eq!(used(connected), "calls=3 read=2 write=5");
    // The head; head, message and mark, each twice as a transaction takes, with the look at the marker; the connections.
    assert_eq!(used(first), "calls=3 read=2 write=8");
    assert_eq!(used(next), "calls=3 read=2 write=8");
    // A transaction that is refused costs writes too, which the emulator does not count.
    assert_eq!(used(again), "calls=3 read=2 write=0");
    // The index, and the head.
    assert_eq!(used(ping), "calls=2 read=1.5 write=0");
    // And a page of the log.
    assert_eq!(used(resumed), "calls=3 read=2.5 write=0");
    assert_eq!(used(nothing), "calls=2 read=1.5 write=0");
    // The connection with its place in the index.
    assert_eq!(used(authenticated), "calls=2 read=0.5 write=2");
    assert_eq!(used(disconnected), "calls=2 read=0.5 write=2");
    // The mark with the look at the marker, the connections, and the one that goes.
    assert_eq!(used(ended), "calls=3 read=1 write=6");
    // The marker twice, the connections and what else is there, and a deletion each.
    assert_eq!(used(deleted), "calls=10 read=2 write=7");
}
