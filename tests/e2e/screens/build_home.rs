//! `screens-build-home` on `aquariums.aquarium_created.v1`, `aquariums.aquarium_changed.v1`, `aquariums.aquarium_removed.v1`, `aquariums.access_changed.v1`, `aquariums.readings_summarized.v1`, `aquariums.reading_recorded.v1`, `aquariums.alarm_changed.v1`, `aquariums.device_silence_changed.v1`, `aquariums.equipment_serviced.v1`, `aquariums.livestock_changed.v1`, `timeline.entries_appended.v1`, `timeline.task_changed.v1`, `timeline.dose_plan_changed.v1`, `notifications.notification_added.v1`, `notifications.notifications_read.v1`

use contracts::Envelope;
use contracts::aquariums::{
    AccessChanged, AlarmChanged, AquariumChanged, AquariumCreated, AquariumRemoved, DeviceSilenceChanged,
    EquipmentServiced, LivestockChanged, ReadingRecorded, ReadingsSummarized,
};
use contracts::notifications::{NotificationAdded, NotificationsRead};
use contracts::timeline::{DosePlanChanged, EntriesAppended, TaskChanged};
use serde_json::Value;
use tests::{Cloud, eventually};
use types::EventId;

#[tokio::test]
async fn aquarium_created_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/aquarium_created.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<AquariumCreated>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn aquarium_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/aquarium_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<AquariumChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn aquarium_removed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/aquarium_removed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<AquariumRemoved>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn access_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/access_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<AccessChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn readings_summarized_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/readings_summarized.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<ReadingsSummarized>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn reading_recorded_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/reading_recorded.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<ReadingRecorded>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn alarm_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/alarm_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<AlarmChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn device_silence_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/device_silence_changed.v1.example.json")).unwrap();
    let mut event =
        serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<DeviceSilenceChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn equipment_serviced_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/equipment_serviced.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<EquipmentServiced>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn livestock_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/aquariums/livestock_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<LivestockChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn entries_appended_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/timeline/entries_appended.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<EntriesAppended>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn task_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/timeline/task_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<TaskChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn dose_plan_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/timeline/dose_plan_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<DosePlanChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn notification_added_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/notifications/notification_added.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<NotificationAdded>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn notifications_read_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/notifications/notifications_read.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<NotificationsRead>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("screens-build-home") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}
