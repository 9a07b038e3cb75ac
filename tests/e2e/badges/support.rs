//! Badges as an admin makes them, and what people do as other contexts tell it.

use contracts::events::{EventRemoved, EventReported, EventTypeChanged};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, Reply, User, care_event, eventually};
use types::{EventId, EventTypeId, Uuid};

pub const CONSUMER: &str = "badges-evaluate-badges";

pub fn envelope<T: DomainEvent>(fact: T) -> Envelope<T> {
    let id = EventId::generate();
    Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)
}

/// Publishes an event, and waits until badges have dealt with it.
pub async fn tell<T: DomainEvent>(cloud: &Cloud, event: &Envelope<T>) {
    cloud.publish(event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with(CONSUMER) && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

/// A kind of event that badges have heard of.
pub async fn kind(cloud: &Cloud) -> EventTypeId {
    let event_type_id = EventTypeId::generate();
    let fact = EventTypeChanged {
        event_type_id,
        code: format!("kind_{}", Uuid::now_v7().simple()),
        name: "Feeding".to_owned(),
        reward: None,
        retired: false,
        revision: 1,
    };
    tell(cloud, &envelope(fact)).await;
    event_type_id
}

pub fn reported(user: &User, event_type_id: EventTypeId) -> Envelope<EventReported> {
    envelope(EventReported { event_type_id, ..care_event(user.user_id(), None) })
}

pub fn removed(event: &Envelope<EventReported>) -> Envelope<EventRemoved> {
    let told = &event.data;
    let (event_id, event_type_id) = (told.event_id, told.event_type_id);
    envelope(EventRemoved { event_id, point_id: told.point_id, user_id: told.user_id, event_type_id })
}

/// A design with a code that nobody has.
pub fn design(requirement: &Value, thresholds: &[u64]) -> Value {
    let tiers: Vec<_> = thresholds
        .iter()
        .map(|threshold| {
            let reward = json!({ "amountMinor": 50, "currency": "POINTS" });
            json!({ "name": format!("tier {threshold}"), "threshold": threshold, "reward": reward })
        })
        .collect();
    // A name of its own too, since demo data has badges that everybody earns.
    let code = format!("b{}", Uuid::now_v7().simple());
    json!({
        "code": code, "name": format!("Feeder {code}"), "description": "For those who fill the bowls.",
        "icon": "bowl", "requirement": requirement, "tiers": tiers,
    })
}

pub async fn create(cloud: &Cloud, by: &User, key: &str, body: &Value) -> Reply {
    cloud.post("/v1/community/badges").bearer(&by.access_token).header("idempotency-key", key).json(body).send().await
}

/// A badge for events of a kind, made by the admin.
pub async fn badge(cloud: &Cloud, kind: EventTypeId, thresholds: &[u64]) -> Value {
    let body = design(&json!({ "kind": "events", "eventTypeId": kind }), thresholds);
    create(cloud, &cloud.admin().await, &Uuid::now_v7().to_string(), &body).await.expect(201)
}

/// The badge with this id in a list.
pub fn find(list: &Value, id: &Value) -> Option<Value> {
    let of = |item: &Value| item.get("badge").unwrap_or(item)["id"].clone();
    list["items"].as_array().expect("a list").iter().find(|item| of(item) == *id).cloned()
}

/// What somebody sees of a badge of their own.
pub async fn mine(cloud: &Cloud, user: &User, badge: &Value) -> Option<Value> {
    let list = cloud.get("/v1/community/badges/mine").bearer(&user.access_token).send().await.expect(200);
    find(&list, &badge["id"])
}

/// The same once it is shown: what a process has read of all badges may be a second old.
pub async fn my(cloud: &Cloud, user: &User, badge: &Value) -> Value {
    eventually("the badge", async || mine(cloud, user, badge).await).await
}
