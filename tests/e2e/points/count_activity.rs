//! `points-count-activity` on `points.point_subscribed.v1`, `points.point_unsubscribed.v1`, `events.event_reported.v1`, `events.event_removed.v1`

use contracts::Envelope;
use contracts::events::{EventRemoved, EventReported};
use contracts::points::{PointSubscribed, PointUnsubscribed};
use serde_json::Value;
use tests::{Cloud, eventually};
use types::EventId;

#[tokio::test]
async fn point_subscribed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/points/point_subscribed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<PointSubscribed>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("points-count-activity") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn point_unsubscribed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/points/point_unsubscribed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<PointUnsubscribed>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("points-count-activity") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn event_reported_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/events/event_reported.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<EventReported>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("points-count-activity") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn event_removed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/events/event_removed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<EventRemoved>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("points-count-activity") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}
