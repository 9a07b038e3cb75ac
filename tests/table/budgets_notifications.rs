//! What the endpoints of notifications ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use jiff::SignedDuration;
use kit::auth::Purpose;
use kit::http::endpoint;
use lambda_http::RequestExt;
use notifications::api::{delete_device, register_device};
use notifications::domain::contact::{Contact, Facts};
use notifications::store::Plan;
use notifications::unsubscribe::sign;
use notifications::{Applications, PushDevices};
use serde_json::{Value, json};
use testkit::{Reply, request};
use tests::{Cost, budget, budget_at_most};
use types::{UserId, Uuid};

use crate::bucket;
use crate::identity_support::{Deployment, stage};
use crate::notifications_requests::{news, sender};
use crate::notifications_support::{Desk, Person, somebody, somebody_verified};
use crate::users::Administration;

async fn open() -> (Desk, Person) {
    let deployment = Deployment::start().await;
    let person = somebody_verified(&deployment, 1).await;
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
    budget("notifications-list-notifications", "30 unread", &me("list_notifications", None).await);
    // The item, and its place in the index: what was is deleted there, and what is, written.
    budget("notifications-read-notification", "unread", &me("read_notification", Some(ids[0])).await);
    budget("notifications-read-notification", "read before", &me("read_notification", Some(ids[0])).await);
    budget("notifications-delete-notification", "deleted", &me("delete_notification", Some(ids[0])).await);
    let again = me("delete_notification", Some(ids[0])).await;
    budget("notifications-delete-notification", "deleted before", Cost::refused(&again));
    // The 29 that are left are one transaction, in which each write costs twice as much, with one event.
    let read = me("read_all_notifications", None).await;
    budget_at_most("notifications-read-all-notifications", "29 unread", &read);
}

#[tokio::test]
async fn lifting_a_suppression_keeps_to_its_budget() {
    let lift = "notifications-delete-mail-suppression";
    let (admin, user) = (Administration::start().await, UserId::generate());
    let desk = Desk::beside(&admin.deployment);
    let address = types::EmailAddress::parse("ann@example.com").unwrap();
    let facts = Facts { email: Some(address.clone()), complained: Some(address), ..Facts::default() };
    let contact = Contact::new(user).with_facts(facts, desk.clock.now());
    let plan = Plan { contact: Some(contact), ..Plan::default() };
    let known = desk.store.known(user).await.unwrap();
    desk.store.carry_out(user, &known, plan).await.unwrap();
    let bearer = format!("Bearer {}", admin.token);
    let headers = [("authorization", bearer.as_str())];
    let lifted = async || desk.call("delete_mail_suppression", &headers, "", Some(user.uuid()), None).await;
    // The admin's standing beside the contact; then the write.
    budget(lift, "lifted", &lifted().await);
    budget(lift, "lifted before", Cost::refused(&lifted().await));
}

#[tokio::test]
async fn preferences_keep_to_their_budget() {
    let set = "notifications-set-preferences";
    let (desk, person) = open().await;
    let me = async |operation: &str, body: Option<Value>| desk.by(&person, operation, None, body.as_ref()).await;
    let wanted = |language: &str| json!({ "language": language, "timeZone": "Europe/Berlin", "categories": {} });
    budget("notifications-get-preferences", "none set", &me("get_preferences", None).await);
    // The first ones are written together with a look at the marker of the forgotten: two units for each of the two.
    budget(set, "the first", &me("set_preferences", Some(wanted("en"))).await);
    budget(set, "others", &me("set_preferences", Some(wanted("de"))).await);
    budget(set, "no change", &me("set_preferences", Some(wanted("de"))).await);
    let token = sign(&desk.link_key, person.id, contracts::notifications::Category::Account);
    let query = format!("?token={token}");
    let opened = desk.call("get_unsubscribe_page", &[], &query, None, None).await;
    budget("notifications-get-unsubscribe-page", "opened", &opened);
    let unsubscribe = async || desk.call("unsubscribe", &[], &query, None, None).await;
    budget("notifications-unsubscribe", "turned off", &unsubscribe().await);
    budget("notifications-unsubscribe", "turned off before", &unsubscribe().await);
}

#[tokio::test]
async fn phones_keep_to_their_budget() {
    let (desk, person) = open().await;
    let me = async |operation: &str, body: Option<Value>| desk.by(&person, operation, None, body.as_ref()).await;
    let number = json!({ "number": "+4915112345678" });
    // Phone, message with its place in the index, marker.
    budget("notifications-set-phone", "the first", &me("set_phone", Some(number.clone())).await);
    budget("notifications-set-phone", "too soon", Cost::refused(&me("set_phone", Some(number)).await));
    let pending = desk.store.phone(person.id).await.unwrap().unwrap().value.pending.unwrap();
    let code = desk.link_key.code(Purpose::ConfirmPhone, person.id, pending.proof);
    let confirmed = me("confirm_phone", Some(json!({ "code": code }))).await;
    budget("notifications-confirm-phone", "proven", &confirmed);
    budget("notifications-get-phone", "proven", &me("get_phone", None).await);
    budget("notifications-delete-phone", "deleted", &me("delete_phone", None).await);
}

/// SNS takes part here, and its calls are no business of the table.
#[tokio::test]
async fn devices_keep_to_their_budget() {
    let deployment = Deployment::start().await;
    let (ann, bob) = (somebody(&deployment, 1).await, somebody(&deployment, 2).await);
    let (desk, services) = (Desk::beside(&deployment), bucket::Services::start().await);
    let applications = Applications { apns: None, fcm: Some("arn:aws:sns:us-east-1:0:app/GCM/atoll".to_owned()) };
    let sns = aws_sdk_sns::Client::new(&services.config());
    let push = PushDevices::new(desk.store.clone(), desk.clock.clone(), sns, applications, deployment.verifier());
    let push: &'static PushDevices = Box::leak(Box::new(push));
    let (register, delete) = (
        endpoint(register_device::register_device, push, stage()),
        endpoint(delete_device::delete_device, push, stage()),
    );
    let call = async |endpoint: &kit::http::Endpoint, person: &Person, id: Option<&str>, body: Option<&Value>| {
        let bearer = format!("Bearer {}", person.token);
        let request = request("POST", "/v1/notifications/devices", &[("authorization", &bearer)], body);
        let parameters = id.map(|id| ("id".to_owned(), id.to_owned()));
        let request = request.with_path_parameters(parameters.into_iter().collect::<std::collections::HashMap<_, _>>());
        Reply::from(endpoint.call(request).await)
    };
    let body = json!({ "platform": "fcm", "token": "t" });
    // Devices and hold at once, then both with a look at the marker; standing before and after.
    let registered = call(&register, &ann, None, Some(&body)).await;
    budget("notifications-register-device", "new device", &registered);
    // The device in the other's hands is read too, and deleted.
    let registered = call(&register, &bob, None, Some(&body)).await;
    budget("notifications-register-device", "device of another", &registered);
    budget("notifications-register-device", "again", &call(&register, &bob, None, Some(&body)).await);
    budget("notifications-list-devices", "one device", &desk.by(&bob, "list_devices", None, None).await);
    let id = registered.body["id"].as_str().unwrap();
    budget("notifications-delete-device", "deleted", &call(&delete, &bob, Some(id), None).await);
}

#[tokio::test]
async fn services_and_admins_keep_to_their_budget() {
    let admin = Administration::start().await;
    let desk = Desk::beside(&admin.deployment);
    let key = sender(&admin).await;
    let headers = [("x-api-key", key.as_str()), ("idempotency-key", "a")];
    let body = news(1, "News");
    let send = async || desk.call("send_notification", &headers, "", None, Some(&body)).await;
    // The key, and the request with its event.
    budget("notifications-send-notification", "asked for", &send().await);
    // What a refused condition costs, a unit too, is not reported.
    budget("notifications-send-notification", "asked for before", &send().await);
    let bearer = format!("Bearer {}", admin.token);
    let query = format!("/x/deliveries?userId={}", UserId::generate());
    let headers = [("authorization", bearer.as_str())];
    let listed = desk.call("list_deliveries", &headers, &query, Some(Uuid::now_v7()), None).await;
    budget("notifications-list-deliveries", "none", &listed);
}
