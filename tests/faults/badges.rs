//! Deeds that are told again and again, in any order, to a consumer that is killed: each is counted once, and each tier is
//! given once.

use contracts::events::{EventRemoved, EventReported, EventTypeChanged};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, User, care_event, eventually};
use types::{EventId, EventTypeId, Uuid};

const CONSUMER: &str = "badges-evaluate-badges";

fn envelope<T: DomainEvent>(fact: T) -> Envelope<T> {
    let id = EventId::generate();
    Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)
}

fn reported(user: &User, event_type_id: EventTypeId) -> Envelope<EventReported> {
    envelope(EventReported { event_type_id, ..care_event(user.user_id(), None) })
}

/// A badge for a kind of event of its own, with these thresholds.
async fn badge(cloud: &Cloud, thresholds: &[u64]) -> (EventTypeId, Value) {
    let event_type_id = EventTypeId::generate();
    let (code, name) = (format!("kind-{}", Uuid::now_v7().simple()), "Feeding".to_owned());
    let kind = EventTypeChanged { event_type_id, code, name, reward: None, retired: false, revision: 1 };
    cloud.publish(&envelope(kind)).await;
    let tiers: Vec<_> = thresholds.iter().map(|threshold| json!({ "name": "t", "threshold": threshold })).collect();
    let body = json!({
        "code": format!("b{}", Uuid::now_v7().simple()), "name": "Feeder", "description": "Feeds.", "icon": "bowl",
        "requirement": { "kind": "events", "eventTypeId": event_type_id }, "tiers": tiers,
    });
    let (admin, key) = (cloud.admin().await, Uuid::now_v7().to_string());
    let made = eventually("the kind to be known", async || {
        let call = cloud.post("/v1/community/badges").bearer(&admin.access_token).header("idempotency-key", &key);
        let reply = call.json(&body).send().await;
        (reply.status == 201).then_some(reply.body)
    })
    .await;
    (event_type_id, made["id"].clone())
}

/// Kills the consumer once it has met the fault.
async fn kill(cloud: &Cloud) {
    eventually("the fault to be met", async || {
        let left = cloud.local("GET", "faults").send().await.expect(200);
        left.as_array()?.is_empty().then_some(())
    })
    .await;
    let killed = cloud.local("POST", &format!("functions/{CONSUMER}/kill")).send().await.expect(200);
    assert!(killed["running"].as_u64() > Some(0), "{killed}");
}

#[tokio::test]
async fn deeds_are_counted_once_however_they_come_and_whoever_is_killed() {
    const DEEDS: usize = 12;
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let (kind, badge) = badge(&cloud, &[1, 5, 10, 12]).await;
    let watch = cloud.watch("badges.badge_earned.v1").await;
    let deeds: Vec<_> = (0..DEEDS).map(|_| reported(&user, kind)).collect();

    // The consumer dies before a deed is written, and after.
    for (when, deed) in ["before", "after"].iter().zip(&deeds) {
        let own = format!("badges#user#{}", user.id);
        let fault = json!({
            "service": "dynamodb", "operation": "TransactWriteItems", "contains": own, "delayMs": 3_000, "when": when,
        });
        cloud.inject(&fault).await;
        cloud.publish(deed).await;
        kill(&cloud).await;
    }

    // Each three times, and in three orders.
    for round in 0..3 {
        for place in 0..DEEDS {
            cloud.publish(&deeds[(place * 5 + round * 7) % DEEDS]).await;
        }
    }
    let mine = async || {
        let list = cloud.get("/v1/community/badges/mine").bearer(&user.access_token).send().await.expect(200);
        list["items"].as_array().unwrap().iter().find(|item| item["badge"]["id"] == badge).cloned()
    };
    eventually("all deeds to be counted", async || mine().await.filter(|shown| shown["progress"] == DEEDS)).await;

    // Removals before and after their reports, told twice.
    let late = reported(&user, kind);
    for deed in [&late, &deeds[3], &late] {
        let told = &deed.data;
        let (event_id, event_type_id) = (told.event_id, told.event_type_id);
        let fact = EventRemoved { event_id, point_id: told.point_id, user_id: told.user_id, event_type_id };
        cloud.publish(&envelope(fact)).await;
    }
    eventually("the removal", async || mine().await.filter(|shown| shown["progress"] == DEEDS - 1)).await;
    cloud.publish(&late).await;
    let of_late = |line: &String| line.starts_with(CONSUMER) && line.contains(&late.correlation_id);
    eventually("the late report", async || cloud.log().iter().any(of_late).then_some(())).await;

    let shown = mine().await.unwrap();
    assert_eq!((&shown["progress"], shown["earned"].as_array().unwrap().len()), (&json!(DEEDS - 1), 4));
    let mut tiers = Vec::new();
    eventually("every tier on the bus", async || {
        let own = watch.take().await.into_iter().filter(|event| event["data"]["badgeId"] == badge);
        tiers.extend(own.filter_map(|event| event["data"]["tier"].as_u64()));
        (tiers.len() >= 4).then_some(())
    })
    .await;
    tiers.sort_unstable();
    assert_eq!(tiers, [1, 2, 3, 4]);
    let answer = cloud.ask("badges-recount-badges", &json!({ "userId": user.id })).await;
    let wrong = answer["differences"].as_array().unwrap().iter().any(|found| found["kind"] != "due");
    assert!(!wrong, "{answer}");
}
