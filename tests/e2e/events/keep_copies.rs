//! `events-keep-copies` on `identity.user_restored.v1`, `identity.user_suspended.v1`, `media.deleted.v1`, `media.published.v1`, `points.point_created.v1`, `points.point_removed.v1`, `points.point_subscribed.v1`, `points.point_unsubscribed.v1`, `points.point_updated.v1`

use contracts::Envelope;
use contracts::identity::{UserRestored, UserSuspended};
use contracts::media::{MediaDeleted, MediaPublished};
use contracts::points::{PointCreated, PointRemoved, PointSubscribed, PointUnsubscribed, PointUpdated};
use serde_json::Value;
use tests::{Cloud, eventually};
use types::EventId;

#[tokio::test]
async fn user_restored_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/identity/user_restored.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<UserRestored>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("events-keep-copies") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn user_suspended_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/identity/user_suspended.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<UserSuspended>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("events-keep-copies") && line.contains(&event.correlation_id);
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
        let of_event = |line: &String| line.starts_with("events-keep-copies") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn published_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/media/published.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<MediaPublished>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("events-keep-copies") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn point_created_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/points/point_created.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<PointCreated>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("events-keep-copies") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn point_removed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/points/point_removed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<PointRemoved>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("events-keep-copies") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn point_subscribed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/points/point_subscribed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<PointSubscribed>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("events-keep-copies") && line.contains(&event.correlation_id);
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
        let of_event = |line: &String| line.starts_with("events-keep-copies") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn point_updated_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/points/point_updated.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<PointUpdated>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("events-keep-copies") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}
