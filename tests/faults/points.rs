//! Points whose keepers are forgotten by functions that are killed, and events that come again and again.

use contracts::identity::UserDeleted;
use contracts::media::{MediaDeleted, MediaPublished};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, User, Watch, eventually};
use types::{EventId, MediaId, PointId};

const FORGET: &str = "points-forget-user";
const KEEP: &str = "points-keep-copies";

/// Publishes an event this often; what its lines in the log are found by.
async fn tell<T: DomainEvent>(cloud: &Cloud, times: usize, fact: T) -> String {
    let id = EventId::generate();
    let event = Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact);
    for _ in 0..times {
        cloud.publish(&event).await;
    }
    id.to_string()
}

/// Waits until a function has dealt with an event this often.
async fn dealt_with(cloud: &Cloud, function: &str, event: &str, times: usize) {
    eventually("the event's lines", async || {
        let is_done =
            |line: &String| line.starts_with(function) && line.contains(event) && line.contains("\"outcome\":\"ok\"");
        (cloud.log().into_iter().filter(is_done).count() >= times).then_some(())
    })
    .await;
}

async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> tests::Reply {
    let call = cloud.call(method, path).bearer(&user.access_token);
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

fn published(user: &User, media_id: MediaId) -> MediaPublished {
    let (owner_id, purpose, content_type) = (user.id.parse().unwrap(), "photo".to_owned(), "image/jpeg".to_owned());
    MediaPublished { media_id, owner_id, purpose, content_type, width: 1, height: 1, variants: Vec::new(), path: None }
}

/// A point that somebody keeps, and another one that shows a photo of theirs.
async fn traces(cloud: &Cloud, user: &User, other: &User) -> (PointId, PointId) {
    let (own, foreign) = (cloud.point(user, "Fountain").await, cloud.point(other, "Bowls").await);
    let media = MediaId::generate();
    let event = tell(cloud, 1, published(user, media)).await;
    dealt_with(cloud, KEEP, &event, 1).await;
    let path = format!("/v1/community/points/{foreign}/photos");
    assert_eq!(call(cloud, "POST", &path, user, Some(&json!({ "mediaId": media }))).await.status, 201);
    (own, foreign)
}

/// How often it was told that a point is kept by nobody.
async fn times_told(watch: &Watch, id: PointId, told: &mut Vec<Value>) -> usize {
    let id = id.to_string();
    told.extend(watch.take().await.into_iter().filter(|event| event["data"]["pointId"] == id.as_str()));
    assert!(told.iter().all(|event| event["data"].get("keeperId").is_none()));
    told.len()
}

async fn kill(cloud: &Cloud, function: &str) {
    eventually("the function at work", async || {
        let functions = cloud.local("GET", "functions").send().await.expect(200);
        let found = functions.as_array().unwrap().iter().find(|item| item["binary"] == function)?.clone();
        (found["running"].as_u64() > Some(0)).then_some(())
    })
    .await;
    let killed = cloud.local("POST", &format!("functions/{function}/kill")).send().await.expect(200);
    assert!(killed["running"].as_u64() > Some(0), "{killed}");
}

#[tokio::test]
async fn a_forgetting_that_is_killed_anywhere_is_finished_by_the_next() {
    let cloud = Cloud::connect_for_faults().await;
    let (other, watch) = (cloud.sign_up().await, cloud.watch("points.point_updated.v1").await);
    // After the mark, before a point or an album is changed, after it was, and while the rest is deleted.
    for (operation, when) in [
        ("PutItem", "after"),
        ("TransactWriteItems", "before"),
        ("TransactWriteItems", "after"),
        ("BatchWriteItem", "before"),
    ] {
        let user = cloud.sign_up().await;
        let (own, foreign) = traces(&cloud, &user, &other).await;
        let partition = format!("points#user#{}", user.id);
        let fault = json!({
            "service": "dynamodb", "operation": operation, "contains": partition, "delayMs": 3_000, "when": when,
        });
        cloud.inject(&fault).await;
        let event = tell(&cloud, 1, UserDeleted { user_id: user.id.parse().unwrap() }).await;
        eventually("the fault to be met", async || {
            let left = cloud.local("GET", "faults").send().await.expect(200);
            left.as_array().unwrap().is_empty().then_some(())
        })
        .await;
        kill(&cloud, FORGET).await;
        dealt_with(&cloud, FORGET, &event, 1).await;
        let seen = call(&cloud, "GET", &format!("/v1/community/points/{own}"), &other, None).await.expect(200);
        assert_eq!(seen["keeperId"], json!(null), "{fault}");
        let photos =
            call(&cloud, "GET", &format!("/v1/community/points/{foreign}/photos"), &other, None).await.expect(200);
        assert_eq!(photos["items"], json!([]), "{fault}");
        let mut told = Vec::new();
        eventually("the event", async || (times_told(&watch, own, &mut told).await == 1).then_some(())).await;
    }
}

#[tokio::test]
async fn events_that_come_five_times_have_one_effect() {
    let cloud = Cloud::connect_for_faults().await;
    let (user, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let watch = cloud.watch("points.point_updated.v1").await;
    let (own, foreign) = traces(&cloud, &user, &other).await;
    let (user_id, media_id) = (user.id.parse().unwrap(), MediaId::generate());
    let told = tell(&cloud, 5, published(&user, media_id)).await;
    dealt_with(&cloud, KEEP, &told, 5).await;
    let path = format!("/v1/community/points/{foreign}/photos");
    assert_eq!(call(&cloud, "POST", &path, &user, Some(&json!({ "mediaId": media_id }))).await.status, 201);
    let told = tell(&cloud, 5, MediaDeleted { media_id, owner_id: user_id, purpose: "photo".to_owned() }).await;
    dealt_with(&cloud, KEEP, &told, 5).await;
    let photos = call(&cloud, "GET", &path, &other, None).await.expect(200);
    assert_eq!(photos["items"].as_array().unwrap().len(), 1, "the other photo stays: {photos}");

    let told = tell(&cloud, 5, UserDeleted { user_id }).await;
    dealt_with(&cloud, FORGET, &told, 5).await;
    assert_eq!(call(&cloud, "GET", &path, &other, None).await.expect(200)["items"], json!([]));
    let mut events = Vec::new();
    eventually("the event", async || (times_told(&watch, own, &mut events).await > 0).then_some(())).await;
    // What is still under way comes before what starts now.
    let later = cloud.point(&other, "Later").await;
    let rename = json!({ "name": "Last" });
    let renamed = call(&cloud, "PATCH", &format!("/v1/community/points/{later}"), &other, Some(&rename)).await;
    assert_eq!(renamed.status, 200);
    eventually("the later event", async || {
        let events_now = watch.take().await;
        events.extend(events_now.iter().filter(|event| event["data"]["pointId"] == own.to_string()).cloned());
        events_now.iter().any(|event| event["data"]["pointId"] == later.to_string()).then_some(())
    })
    .await;
    assert_eq!(events.len(), 1, "{events:?}");
}
