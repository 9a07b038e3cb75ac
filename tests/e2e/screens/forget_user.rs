//! `screens-forget-user` on `identity.user_deleted.v1`

use contracts::Envelope;
use contracts::identity::UserDeleted;
use serde_json::Value;
use tests::{Cloud, eventually};
use types::EventId;

#[tokio::test]
async fn user_deleted_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/identity/user_deleted.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<UserDeleted>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-forget-user") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}
