//! What tests of care events share: a point that is known here, a kind of event, somebody who follows.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::points::{PointCreated, PointKind, PointSubscribed};
use contracts::{Actor, DomainEvent, Envelope};
use serde_json::{Value, json};
use tests::{Cloud, Reply, User, eventually};
use types::{EventId, GeoPoint, PointId, UserId, Uuid};

/// Where every point of these tests is.
pub const PLACE: (f64, f64) = (52.5, 13.4);

/// A fact that became true just now, as another context tells it.
pub fn fact<T: DomainEvent>(data: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), jiff::Timestamp::now(), Uuid::now_v7().to_string(), Actor::System, data)
}

/// An item of this context.
pub async fn item(cloud: &Cloud, pk: &str, sk: &str) -> Option<HashMap<String, AttributeValue>> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let get = aws_sdk_dynamodb::Client::new(&cloud.sdk().await).get_item().table_name(cloud.table_name());
    let get = get.key("pk", text(pk)).key("sk", text(sk)).consistent_read(true);
    get.send().await.expect("the table").item
}

/// A point that this context has heard of, and that nobody keeps.
pub async fn point(cloud: &Cloud) -> PointId {
    known_point(cloud, None).await
}

/// A point that this user keeps.
pub async fn point_of(cloud: &Cloud, keeper: &User) -> PointId {
    known_point(cloud, Some(keeper.user_id())).await
}

async fn known_point(cloud: &Cloud, keeper_id: Option<UserId>) -> PointId {
    let point_id = PointId::generate();
    let location = GeoPoint::new(PLACE.0, PLACE.1).unwrap();
    let (name, kind) = ("Pier".to_owned(), PointKind::Food);
    cloud.publish(&fact(PointCreated { point_id, name, kind, location, keeper_id, revision: 1 })).await;
    eventually("the copy of the point", async || item(cloud, &format!("events#point#{point_id}"), "copy").await).await;
    point_id
}

/// Lets somebody follow a point.
pub async fn follow(cloud: &Cloud, user: &User, point_id: PointId) {
    cloud.publish(&fact(PointSubscribed { point_id, user_id: user.user_id(), revision: 1 })).await;
    let (pk, sk) = (format!("events#user#{}", user.id), format!("subscription#{point_id}"));
    eventually("the copy of the subscription", async || item(cloud, &pk, &sk).await).await;
}

/// What an admin says of a kind without a cooldown, by a code that nobody has.
pub fn kind_body() -> Value {
    let code = format!("feeding-{}", Uuid::now_v7().simple());
    json!({ "code": code[..40], "name": "Feeding", "icon": "bowl", "cooldownMinutes": 0 })
}

pub async fn make_kind(cloud: &Cloud, user: &User, body: &Value) -> Reply {
    let key = Uuid::now_v7().to_string();
    cloud
        .post("/v1/community/events/types")
        .bearer(&user.access_token)
        .header("idempotency-key", &key)
        .json(body)
        .send()
        .await
}

/// The id of a new kind; `change` is laid over its description.
pub async fn kind(cloud: &Cloud, change: &Value) -> String {
    let mut body = kind_body();
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = make_kind(cloud, &cloud.admin().await, &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// Asks to make something under a key.
pub async fn ask(cloud: &Cloud, user: &User, path: &str, key: &str, body: &Value) -> Reply {
    cloud.post(path).bearer(&user.access_token).header("idempotency-key", key).json(body).send().await
}

/// Reports an event of a kind at a point.
pub async fn report(cloud: &Cloud, user: &User, point: PointId, kind: &str) -> Value {
    let body = json!({ "pointId": point, "eventTypeId": kind, "note": "Two cats." });
    ask(cloud, user, "/v1/community/events", &Uuid::now_v7().to_string(), &body).await.expect(201)
}

/// A call without a body.
pub async fn call(cloud: &Cloud, user: &User, method: &str, path: &str) -> Reply {
    cloud.call(method, path).bearer(&user.access_token).send().await
}

/// A daily schedule, from today on.
pub fn schedule_body(point: PointId, kind: &str) -> Value {
    let today = jiff::Zoned::now().strftime("%Y-%m-%dT00:00").to_string();
    json!({ "pointId": point, "eventTypeId": kind, "rrule": "FREQ=DAILY;BYHOUR=6,18", "timeZone": "Europe/Berlin",
        "startsAt": today })
}

/// A new schedule.
pub async fn schedule(cloud: &Cloud, user: &User, body: &Value) -> Value {
    ask(cloud, user, "/v1/community/events/schedules", &Uuid::now_v7().to_string(), body).await.expect(201)
}

/// The names of the fields that a problem names.
pub fn wrong(reply: &Reply) -> Vec<String> {
    reply.expect_problem(422, "request.invalid");
    let errors = reply.body["errors"].as_array().unwrap().iter();
    let mut fields: Vec<_> = errors.map(|error| error["field"].as_str().unwrap().to_owned()).collect();
    fields.sort();
    fields
}

/// Waits for what somebody's inbox says last, and gives title, text and link.
pub async fn told(cloud: &Cloud, user: &User, bound: std::time::Duration) -> (String, String, String) {
    tests::eventually_within(bound, "a notification", async || {
        let page = call(cloud, user, "GET", "/v1/notifications").await.expect(200);
        let first = page["items"].as_array()?.first()?.clone();
        let text = |name: &str| first[name].as_str().unwrap_or_default().to_owned();
        Some((text("title"), text("body"), text("link")))
    })
    .await
}
