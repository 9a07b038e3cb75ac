//! `points-count-activity` on `points.point_subscribed.v1`, `points.point_unsubscribed.v1`, `events.event_reported.v1`, `events.event_removed.v1`

use contracts::events::{EventRemoved, EventReported};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, User, eventually};
use types::{CareEventId, EventId, EventTypeId, PointId, UserId};

use super::support::{call, see};

/// Waits until the point is seen with these values.
async fn shows(cloud: &Cloud, user: &User, id: PointId, wanted: &Value) {
    let what = format!("{wanted} at {id}");
    eventually(&what, async || {
        let seen = see(cloud, user, id).await.expect(200);
        let is_shown = wanted.as_object().unwrap().iter().all(|(name, value)| seen[name] == *value);
        is_shown.then_some(())
    })
    .await;
}

async fn tell<T: DomainEvent>(cloud: &Cloud, fact: T) {
    let id = EventId::generate();
    cloud.publish(&Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)).await;
    eventually("the event's line", async || cloud.logged("points-count-activity", &id.to_string()).then_some(())).await;
}

fn reported(point_id: PointId, event_id: CareEventId) -> EventReported {
    EventReported {
        event_id,
        point_id,
        user_id: UserId::generate(),
        event_type_id: EventTypeId::generate(),
        code: "feeding".into(),
        type_name: "Feeding".into(),
        point_name: "Fountain".into(),
        occurred_at: Timestamp::now(),
        reward: None,
        reward_withheld: None,
    }
}

#[tokio::test]
async fn subscribers_are_counted_until_they_unsubscribe_or_delete_their_account() {
    let cloud = Cloud::connect().await;
    let (keeper, bob, cid) = (cloud.sign_up().await, cloud.sign_up().await, cloud.sign_up().await);
    let id = cloud.point(&keeper, "Fountain").await;
    let path = format!("/v1/community/points/{id}/subscription");
    for user in [&bob, &cid] {
        assert_eq!(call(&cloud, "PUT", &path, user, None).await.status, 204);
    }
    shows(&cloud, &bob, id, &json!({ "subscriberCount": 2, "subscribed": true })).await;
    shows(&cloud, &keeper, id, &json!({ "subscriberCount": 2, "subscribed": false })).await;
    assert_eq!(call(&cloud, "DELETE", &path, &bob, None).await.status, 204);
    shows(&cloud, &bob, id, &json!({ "subscriberCount": 1, "subscribed": false })).await;
    let body = json!({ "password": PASSWORD });
    assert_eq!(call(&cloud, "DELETE", "/v1/users/me", &cid, Some(&body)).await.status, 204);
    shows(&cloud, &bob, id, &json!({ "subscriberCount": 0 })).await;
}

#[tokio::test]
async fn care_events_are_counted_until_they_are_deleted() {
    let cloud = Cloud::connect().await;
    let keeper = cloud.sign_up().await;
    let id = cloud.point(&keeper, "Fountain").await;
    let event_id = CareEventId::generate();
    tell(&cloud, reported(id, event_id)).await;
    tell(&cloud, reported(id, event_id)).await;
    shows(&cloud, &keeper, id, &json!({ "eventCount": 1 })).await;
    let seen = see(&cloud, &keeper, id).await.expect(200);
    assert_eq!((&seen["lastEvent"]["eventId"], &seen["lastEvent"]["typeName"]), (&json!(event_id), &json!("Feeding")));
    let (user_id, event_type_id) = (UserId::generate(), EventTypeId::generate());
    tell(&cloud, EventRemoved { event_id, point_id: id, user_id, event_type_id }).await;
    shows(&cloud, &keeper, id, &json!({ "eventCount": 0, "lastEvent": null })).await;
}

#[tokio::test]
async fn events_at_a_point_that_is_not_there_are_dealt_with() {
    let cloud = Cloud::connect().await;
    tell(&cloud, reported(PointId::generate(), CareEventId::generate())).await;
}
