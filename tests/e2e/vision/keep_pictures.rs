//! `vision-keep-pictures` on `media.published.v1`, `media.deleted.v1`

use contracts::Envelope;
use contracts::media::{MediaDeleted, MediaPublished};
use serde_json::Value;
use tests::{Cloud, eventually};
use types::EventId;

#[tokio::test]
async fn published_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/media/published.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<MediaPublished>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("vision-keep-pictures") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn deleted_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/media/deleted.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<MediaDeleted>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("vision-keep-pictures") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}
