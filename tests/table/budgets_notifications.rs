//! What the endpoints of notifications may ask of the table.

use dynamo::Meter;
use jiff::{SignedDuration, Timestamp};
use kit::auth::Purpose;
use notifications::domain::device::device_id;
use notifications::unsubscribe::sign;
use serde_json::{Value, json};
use testkit::Reply;
use types::{UserId, Uuid};

use crate::identity_support::Deployment;
use crate::notifications_requests::{news, sender};
use crate::notifications_support::{Desk, Person, device, somebody};
use crate::users::Administration;

/// Status, calls and units, as the reply tells them.
fn used(reply: &Reply) -> (u16, &str) {
    let usage = reply.server_timing.split("desc=").nth(1).unwrap_or_default();
    (reply.status, usage.trim_matches('"'))
}

async fn open() -> (Desk, Person) {
    let deployment = Deployment::start().await;
    let person = somebody(&deployment, 1).await;
    (Desk::beside(&deployment), person)
}

#[tokio::test]
async fn the_inbox_keeps_to_its_budget() {
    let (desk, person) = open().await;
    let me = async |operation: &str, id: Option<Uuid>| desk.by(&person, operation, id, None).await;
    let mut ids = Vec::new();
    for age in 0..30 {
        ids.push(desk.notify(&person, desk.clock.now() - SignedDuration::from_secs(age)).await);
    }
    // A page of twenty-one, and all that is unread for its number: an item with its event has almost a kilobyte.
    let listed = me("list_notifications", None).await;
    assert_eq!(used(&listed), (200, LISTED));
    // The item, and its place in the index: what was is deleted there, and what is, written.
    assert_eq!(used(&me("read_notification", Some(ids[0])).await), (204, "calls=2 read=1 write=3"));
    assert_eq!(used(&me("read_notification", Some(ids[0])).await), (204, "calls=1 read=1 write=0"));
    assert_eq!(used(&me("delete_notification", Some(ids[0])).await), (204, "calls=2 read=1 write=2"));
    assert_eq!(used(&me("delete_notification", Some(ids[0])).await), (404, "calls=1 read=1 write=0"));
    // Each of the 29 that are left is a write like one alone.
    assert_eq!(used(&me("read_all_notifications", None).await), (200, READ_ALL));
}

const LISTED: &str = "calls=2 read=6 write=0";
const READ_ALL: &str = "calls=30 read=3.5 write=87";

#[tokio::test]
async fn preferences_keep_to_their_budget() {
    let (desk, person) = open().await;
    let me = async |operation: &str, body: Option<Value>| desk.by(&person, operation, None, body.as_ref()).await;
    let wanted = |language: &str| json!({ "language": language, "timeZone": "Europe/Berlin", "categories": {} });
    assert_eq!(used(&me("get_preferences", None).await), (200, "calls=1 read=1 write=0"));
    // The first ones are written together with a look at the marker of the forgotten: two units for each of the two.
    assert_eq!(used(&me("set_preferences", Some(wanted("en"))).await), (200, "calls=2 read=1 write=4"));
    assert_eq!(used(&me("set_preferences", Some(wanted("de"))).await), (200, "calls=2 read=1 write=1"));
    assert_eq!(used(&me("set_preferences", Some(wanted("de"))).await), (200, "calls=1 read=1 write=0"));
    let token = sign(&desk.link_key, person.id, contracts::notifications::Category::Account);
    let query = format!("?token={token}");
    let unsubscribe = async || desk.call("unsubscribe", &[], &query, None, None).await;
    assert_eq!(used(&unsubscribe().await), (204, "calls=2 read=1 write=1"));
    assert_eq!(used(&unsubscribe().await), (204, "calls=1 read=1 write=0"));
}

#[tokio::test]
async fn phones_keep_to_their_budget() {
    let (desk, person) = open().await;
    let me = async |operation: &str, body: Option<Value>| desk.by(&person, operation, None, body.as_ref()).await;
    let number = json!({ "number": "+4915112345678" });
    // Phone, message with its place in the index, marker.
    assert_eq!(used(&me("set_phone", Some(number.clone())).await), (202, SET_PHONE));
    assert_eq!(used(&me("set_phone", Some(number)).await), (429, "calls=1 read=1 write=0"));
    let pending = desk.store.phone(person.id).await.unwrap().unwrap().value.pending.unwrap();
    let code = desk.link_key.code(Purpose::ConfirmPhone, person.id, pending.proof);
    assert_eq!(used(&me("confirm_phone", Some(json!({ "code": code }))).await), (204, "calls=2 read=1 write=1"));
    assert_eq!(used(&me("get_phone", None).await), (200, "calls=1 read=1 write=0"));
    assert_eq!(used(&me("delete_phone", None).await), (204, "calls=2 read=1 write=1"));
}

const SET_PHONE: &str = "calls=2 read=1 write=10";

/// Without SNS, whose calls are no business of the table.
#[tokio::test]
async fn devices_keep_to_their_budget() {
    let (desk, person) = open().await;
    let other = UserId::generate();
    let claim = async |user_id: UserId| {
        let meter = Meter::default();
        meter.scope(desk.store.claim_device(device(user_id, "t", Timestamp::now()))).await.unwrap();
        let usage = meter.usage();
        format!("calls={} read={} write={}", usage.calls, usage.read_units, usage.write_units)
    };
    // Devices and hold at once, then both with a look at the marker.
    assert_eq!(claim(other).await, NEW_DEVICE);
    // The device in the other's hands is read too, and deleted.
    assert_eq!(claim(person.id).await, TAKEN_OVER);
    assert_eq!(claim(person.id).await, AGAIN);
    assert_eq!(used(&desk.by(&person, "list_devices", None, None).await), (200, "calls=1 read=1 write=0"));
    let meter = Meter::default();
    let id = device_id(notifications::domain::device::Platform::Fcm, "t");
    meter.scope(desk.store.remove_device(person.id, id)).await.unwrap().unwrap();
    let usage = meter.usage();
    assert_eq!((usage.calls, usage.read_units, usage.write_units), (2, 2.0, 4.0));
}

const NEW_DEVICE: &str = "calls=3 read=2 write=6";
const TAKEN_OVER: &str = "calls=4 read=3 write=8";
const AGAIN: &str = "calls=3 read=2 write=6";

#[tokio::test]
async fn services_and_admins_keep_to_their_budget() {
    let admin = Administration::start().await;
    let desk = Desk::beside(&admin.deployment);
    let key = sender(&admin).await;
    let headers = [("x-api-key", key.as_str()), ("idempotency-key", "a")];
    let body = news(1, "News");
    let send = async || desk.call("send_notification", &headers, "", None, Some(&body)).await;
    // The key, and the request with its event.
    assert_eq!(used(&send().await), (202, "calls=2 read=1 write=1"));
    // What a refused condition costs, a unit too, is not reported.
    assert_eq!(used(&send().await), (202, "calls=2 read=1 write=0"));
    let bearer = format!("Bearer {}", admin.token);
    let query = format!("/x/deliveries?userId={}", UserId::generate());
    let headers = [("authorization", bearer.as_str())];
    let listed = desk.call("list_deliveries", &headers, &query, Some(Uuid::now_v7()), None).await;
    assert_eq!(used(&listed), (200, "calls=1 read=0.5 write=0"));
}
