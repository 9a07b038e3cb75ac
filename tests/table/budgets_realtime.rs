//! What each function of realtime asks of the table. The figures are in `tests/budgets.json`; what is said here is why.

use contracts::identity::SessionEndReason;
use jiff::Timestamp;
use serde_json::json;
use tests::budget;

use crate::realtime_support::{Deployment, Person, notification};

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
    budget("realtime-connect", "accepted", connected);
    // The head; head, message and mark, each twice as a transaction takes, with the look at the marker; the connections.
    budget("realtime-push-notifications", "first", first);
    budget("realtime-push-notifications", "next", next);
    // A transaction that is refused costs writes too, which the emulator does not count.
    budget("realtime-push-notifications", "again", again);
    // The index, and the head.
    budget("realtime-receive-message", "ping", ping);
    // And the count of such requests, and a page of the log.
    budget("realtime-receive-message", "resume, something missed", resumed);
    budget("realtime-receive-message", "resume, nothing missed", nothing);
    // The connection with its place in the index.
    budget("realtime-receive-message", "authenticate", authenticated);
    budget("realtime-disconnect", "known connection", disconnected);
    // The mark with the look at the marker, the connections, and the one that goes.
    budget("realtime-end-sessions", "one connection", ended);
    // The marker twice, the connections and what else is there, and a deletion each.
    budget("realtime-forget-user", "two messages", deleted);
}
