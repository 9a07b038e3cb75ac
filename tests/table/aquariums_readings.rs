//! Readings that were recorded by hand, targets and retention: roles, races, repetitions, erasure.

use aquariums::domain::access::Access;
use contracts::aquariums::{AquariumCreated, AquariumRemoved, ReadingRecorded};
use contracts::billing::{EntitlementChanged, EntitlementSource, EntitlementStep};
use contracts::identity::UserDeleted;
use contracts::notifications::NotificationRequested;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kit::sqs::Done;
use serde_json::{Value, json};
use testkit::Reply;

use crate::aquariums_support::{Asked, Fishroom, Person, about, event, reef};

const MEASURED: &str = "2026-03-14T09:00:00Z";

/// An aquarium with its owner, a keeper and a viewer of it, and a stranger.
async fn shared() -> (Fishroom, [Person; 4], String) {
    let room = Fishroom::start().await;
    let people = [
        room.person("owner").await,
        room.person("keeper").await,
        room.person("viewer").await,
        room.person("stranger").await,
    ];
    let id = room.aquarium(&people[0], "a").await;
    room.share(&people[0], &id, &people[1], "keeper").await;
    room.share(&people[0], &id, &people[2], "viewer").await;
    (room, people, id)
}

fn items(body: &Value) -> &Vec<Value> {
    body["items"].as_array().unwrap()
}

/// The request about the first reading of a response.
fn about_first(id: &str, recorded: &Reply) -> Asked<'static> {
    assert_eq!(recorded.status, 201, "{}", recorded.body);
    about(id).and("readingId", recorded.body["items"][0]["id"].as_str().unwrap())
}

/// The readings of a parameter as their values, latest first.
async fn listed(room: &Fishroom, person: &Person, id: &str, query: &'static str) -> Vec<String> {
    let asked = Asked { query, ..about(id) };
    let reply = room.call(&room.list_manual_readings(), "GET", person, asked, None).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    items(&reply.body).iter().map(|item| item["value"].as_str().unwrap().to_owned()).collect()
}

async fn latest(room: &Fishroom, person: &Person, id: &str) -> Value {
    let reply = room.call(&room.get_latest_readings(), "GET", person, about(id), None).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

#[tokio::test]
async fn keepers_record_and_correct_viewers_read_and_strangers_find_nothing() {
    let (room, [owner, keeper, viewer, stranger], id) = shared().await;
    let recorded = room.measure(&keeper, &id, "a", MEASURED, &[("nitrate", "10.0"), ("ph", "8.20")]).await;
    let nitrate = about_first(&id, &recorded);
    let seen = room.call(&room.get_manual_reading(), "GET", &viewer, nitrate.clone(), None).await;
    assert_eq!(seen.body, recorded.body["items"][0]);
    assert_eq!((&seen.body["value"], &seen.body["unit"]), (&json!("10.0"), &json!("mg_l_as_no3")));
    assert_eq!(seen.body["recordedBy"], json!(keeper.id));
    let value = || Some(json!({ "value": "12.5" }));
    for (person, status) in [(&stranger, 404), (&viewer, 403)] {
        let refused = room.measure(person, &id, "b", MEASURED, &[("ph", "8")]).await;
        assert_eq!(refused.status, status, "{}", refused.body);
        let asked = nitrate.clone().tagged("\"1\"");
        let refused = room.call(&room.update_manual_reading(), "PATCH", person, asked.clone(), value()).await;
        assert_eq!(refused.status, status, "{}", refused.body);
        let refused = room.call(&room.delete_manual_reading(), "DELETE", person, asked, None).await;
        assert_eq!(refused.status, status, "{}", refused.body);
        let body = Some(json!({ "targets": [] }));
        let refused = room.call(&room.replace_targets(), "PUT", person, about(&id).tagged("\"1\""), body).await;
        assert_eq!(refused.status, status, "{}", refused.body);
    }
    let hidden = room.call(&room.get_manual_reading(), "GET", &stranger, nitrate.clone(), None).await;
    assert_eq!(hidden.body["code"], "aquariums.no_such_aquarium");
    let asked = Asked { query: "parameter=ph", ..about(&id) };
    let hidden = room.call(&room.list_manual_readings(), "GET", &stranger, asked, None).await;
    assert_eq!(hidden.body["code"], "aquariums.no_such_aquarium");

    let asked = nitrate.clone().tagged("\"1\"");
    let corrected = room.call(&room.update_manual_reading(), "PATCH", &owner, asked.clone(), value()).await;
    assert_eq!((corrected.status, &corrected.body["value"]), (200, &json!("12.5")));
    let stale = room.call(&room.update_manual_reading(), "PATCH", &owner, asked, value()).await;
    assert_eq!(stale.status, 412, "{}", stale.body);
    let facts = room.told::<ReadingRecorded>().await;
    let fact = facts.iter().find(|fact| fact["data"]["parameter"] == "nitrate").unwrap();
    assert_eq!((&fact["data"]["revision"], &fact["data"]["enteredValue"]), (&json!(2), &json!("12.5")));
}

#[tokio::test]
async fn a_repeated_request_records_nothing_also_after_a_correction_or_a_deletion() {
    let (room, [owner, keeper, ..], id) = shared().await;
    let values = [("nitrate", "10"), ("ph", "8.2")];
    for person in [&owner, &keeper] {
        let first = room.measure(person, &id, "a", MEASURED, &values).await;
        let again = room.measure(person, &id, "a", MEASURED, &values).await;
        assert_eq!((again.status, &again.body), (201, &first.body));
        let other = room.measure(person, &id, "a", MEASURED, &[("nitrate", "10"), ("ph", "8.3")]).await;
        assert_eq!(other.body["code"], "request.idempotency_key_reused");
        let fewer = room.measure(person, &id, "a", MEASURED, &values[..1]).await;
        assert_eq!((fewer.status, items(&fewer.body).len()), (201, 1), "its readings were recorded before");
        let asked = about_first(&id, &first).tagged("\"1\"");
        let body = Some(json!({ "value": "11" }));
        assert_eq!(room.call(&room.update_manual_reading(), "PATCH", person, asked, body).await.status, 200);
        let again = room.measure(person, &id, "a", MEASURED, &values).await;
        assert_eq!((again.status, &again.body["items"][0]["value"]), (201, &json!("11")));
        let asked = about_first(&id, &first).tagged("\"2\"");
        assert_eq!(room.call(&room.delete_manual_reading(), "DELETE", person, asked, None).await.status, 204);
        let again = room.measure(person, &id, "a", MEASURED, &values).await;
        assert_eq!(again.body["code"], "request.idempotency_key_reused");
    }
    assert_eq!(listed(&room, &owner, &id, "parameter=nitrate").await, Vec::<String>::new());
    assert_eq!(listed(&room, &owner, &id, "parameter=ph").await, ["8.2", "8.2"]);
}

#[tokio::test]
async fn concurrent_requests_record_all_and_the_newest_is_the_newest() {
    let (room, [owner, keeper, ..], id) = shared().await;
    let people = [&owner, &keeper];
    let times: Vec<_> = (10..22).map(|hour| format!("2026-03-14T{hour}:00:00Z")).collect();
    let keys: Vec<_> = (0..12).map(|number| format!("key-{number}")).collect();
    let values: Vec<_> = (0..12).map(|number| format!("8.{number:02}")).collect();
    let record =
        async |at: usize| room.measure(people[at % 2], &id, &keys[at], &times[at], &[("ph", &values[at])]).await;
    join_all((0..12).rev().map(record)).await;
    // Those that met too many others try again, as clients do.
    for at in 0..12 {
        assert_eq!(record(at).await.status, 201);
    }
    let expected: Vec<_> = values.iter().rev().cloned().collect();
    assert_eq!(listed(&room, &owner, &id, "parameter=ph&limit=100").await, expected);
    let newest = latest(&room, &owner, &id).await;
    assert_eq!((items(&newest).len(), &newest["items"][0]["value"]), (1, &json!("8.11")));
}

#[tokio::test]
async fn the_newest_reading_follows_corrections_and_deletions_also_concurrent_ones() {
    let (room, [owner, keeper, ..], id) = shared().await;
    let (mut recorded, values) = (Vec::new(), ["8.0", "8.1", "8.2", "8.3"]);
    for (hour, value) in values.into_iter().enumerate() {
        let at = format!("2026-03-14T1{hour}:00:00Z");
        recorded.push(room.measure(&owner, &id, value, &at, &[("ph", value)]).await);
    }
    let newest = async || latest(&room, &owner, &id).await["items"][0]["value"].clone();
    assert_eq!(newest().await, "8.3");
    let delete = async |person: &Person, reading: &Reply, tag: &'static str| {
        let asked = about_first(&id, reading).tagged(tag);
        room.call(&room.delete_manual_reading(), "DELETE", person, asked, None).await.status
    };
    // Both of the newest at once, while the one below them is corrected.
    let correct = async {
        let asked = about_first(&id, &recorded[1]).tagged("\"1\"");
        let body = Some(json!({ "value": "7.9" }));
        room.call(&room.update_manual_reading(), "PATCH", &keeper, asked, body).await.status
    };
    let (deleted, other, corrected) =
        tokio::join!(delete(&owner, &recorded[3], "\"1\""), delete(&keeper, &recorded[2], "\"1\""), correct);
    assert_eq!((deleted, other, corrected), (204, 204, 200));
    assert_eq!(newest().await, "7.9");
    assert_eq!(delete(&owner, &recorded[1], "\"2\"").await, 204);
    assert_eq!(newest().await, "8.0");
    assert_eq!(delete(&owner, &recorded[0], "\"1\"").await, 204);
    assert_eq!(latest(&room, &owner, &id).await, json!({ "items": [] }));
    let gone = room.call(&room.get_manual_reading(), "GET", &owner, about_first(&id, &recorded[0]), None).await;
    assert_eq!(gone.body["code"], "aquariums.no_such_reading");
}

#[tokio::test]
async fn a_list_has_the_readings_of_its_span_in_pages_and_in_one_unit() {
    let (room, [owner, _, viewer, _], id) = shared().await;
    for hour in 10..15 {
        let at = format!("2026-03-14T{hour}:00:00.500Z");
        let values = [("nitrate", "10"), ("ph", "8")];
        assert_eq!(room.measure(&owner, &id, &format!("key-{hour}"), &at, &values).await.status, 201);
    }
    let span = "parameter=nitrate&from=2026-03-14T11:00:00.500Z&to=2026-03-14T13:00:00.500Z&unit=mg_l_as_n";
    assert_eq!(listed(&room, &viewer, &id, span).await, ["2.259", "2.259"]);
    let asked = |query| Asked { query, ..about(&id) };
    let list = room.list_manual_readings();
    let first = room.call(&list, "GET", &viewer, asked("parameter=nitrate&limit=3"), None).await.body;
    assert_eq!(items(&first).len(), 3);
    let next = format!("parameter=nitrate&limit=3&cursor={}", first["nextCursor"].as_str().unwrap());
    let second = room.call(&list, "GET", &viewer, asked(next.as_str()), None).await.body;
    assert_eq!((items(&second).len(), &second["nextCursor"]), (2, &Value::Null));
    let times = items(&first).iter().chain(items(&second)).map(|item| item["measuredAt"].as_str().unwrap());
    assert!(times.is_sorted_by(|one, next| one > next));
    for wrong in ["", "parameter=salt", "parameter=ph&unit=celsius", "parameter=ph&from=now", "parameter=ph&a=1"] {
        assert_eq!(room.call(&list, "GET", &viewer, asked(wrong), None).await.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn wrong_fields_of_readings_and_targets_are_named() {
    let (room, [owner, ..], id) = shared().await;
    let fields = |reply: &Reply| {
        assert_eq!(reply.status, 422, "{}", reply.body);
        let errors = reply.body["errors"].as_array().unwrap().iter();
        errors.map(|error| error["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let record = async |body: Value| {
        let asked = about(&id).once("k");
        fields(&room.call(&room.record_manual_readings(), "POST", &owner, asked, Some(body)).await)
    };
    let ahead = Timestamp::now().checked_add(6.minutes()).unwrap();
    let body = json!({ "readings": [
        { "parameter": "nitrate", "value": "10", "unit": "mg_l", "measuredAt": MEASURED },
        { "parameter": "temperature", "value": "85", "unit": "celsius", "measuredAt": MEASURED },
        { "parameter": "ph", "value": "8", "unit": "ph" },
        { "parameter": "ph", "value": "8", "unit": "ph", "measuredAt": ahead },
    ] });
    let expected = ["readings[0].unit", "readings[1].value", "readings[2].measuredAt", "readings[3].measuredAt"]
        .map(str::to_owned);
    assert_eq!(record(body).await, expected);
    let target = |lower: &str, upper: &str| json!({ "parameter": "ph", "unit": "ph", "lower": lower, "upper": upper });
    let body = json!({ "targets": [target("8.4", "8.0"), target("8.0", "8.4")] });
    let reply = room.call(&room.replace_targets(), "PUT", &owner, about(&id).tagged("\"1\""), Some(body)).await;
    assert_eq!(fields(&reply), ["targets[0].upper"]);
}

#[tokio::test]
async fn the_latest_readings_are_compared_with_the_targets() {
    let (room, [owner, keeper, ..], id) = shared().await;
    let values = [("nitrate", "30"), ("ph", "8.2"), ("temperature", "23.9"), ("alkalinity", "8.5")];
    assert_eq!(room.measure(&keeper, &id, "a", MEASURED, &values).await.status, 201);
    let body = json!({ "targets": [
        { "parameter": "temperature", "unit": "fahrenheit", "lower": "75.2", "upper": "78.8" },
        { "parameter": "nitrate", "unit": "mg_l_as_n", "upper": "5" },
        { "parameter": "ph", "unit": "ph", "lower": "8.0", "upper": "8.4" },
    ] });
    let asked = || about(&id).tagged("\"1\"");
    let replaced = room.call(&room.replace_targets(), "PUT", &keeper, asked(), Some(body.clone())).await;
    assert_eq!((replaced.status, items_of(&replaced.body, "targets").len()), (200, 3), "{}", replaced.body);
    assert_eq!(replaced.body["targets"][0]["lower"], "75.2", "as it was entered");
    let stale = room.call(&room.replace_targets(), "PUT", &owner, asked(), Some(body)).await;
    assert_eq!(stale.status, 412);
    let compared: Vec<_> = items(&latest(&room, &owner, &id).await)
        .iter()
        .map(|item| (item["parameter"].as_str().unwrap().to_owned(), item["inTarget"].clone()))
        .collect();
    let expected = [
        ("temperature", json!("below")),
        ("ph", json!("within")),
        ("alkalinity", Value::Null),
        ("nitrate", json!("above")),
    ]
    .map(|(parameter, compared)| (parameter.to_owned(), compared));
    assert_eq!(compared, expected);
}

fn items_of<'a>(body: &'a Value, name: &str) -> &'a Vec<Value> {
    body[name].as_array().unwrap()
}

#[tokio::test]
async fn values_are_derived_from_manual_readings() {
    let (room, [owner, _, viewer, _], id) = shared().await;
    let values = [("ammonia", "1"), ("temperature", "25"), ("ph", "8")];
    let recorded = room.measure(&owner, &id, "a", MEASURED, &values).await;
    let derived = room.call(&room.get_derived_values(), "GET", &viewer, about(&id), None).await.body;
    // Salinity is missing in sea water.
    assert_eq!(derived["leftOut"][0]["missing"], json!(["salinity"]), "{derived}");
    let ids: Vec<_> = items_of(&derived["leftOut"][0], "readings").iter().map(|one| one["readingId"].clone()).collect();
    let sent: Vec<_> = items(&recorded.body).iter().map(|one| one["id"].clone()).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| sent.contains(id)), "{derived}");
}

#[tokio::test]
async fn a_member_who_was_removed_changes_nothing_and_a_deleted_one_leaves_no_trace() {
    let (room, [owner, keeper, ..], id) = shared().await;
    let own = room.measure(&owner, &id, "a", MEASURED, &[("ph", "8")]).await;
    let theirs = room.measure(&keeper, &id, "a", MEASURED, &[("nitrate", "10"), ("alkalinity", "8.5")]).await;
    // The event of the correction names the keeper.
    for (tag, value) in [("\"1\"", "8.1"), ("\"2\"", "8.2")] {
        let body = Some(json!({ "value": value }));
        let asked = about_first(&id, &own).tagged(tag);
        assert_eq!(room.call(&room.update_manual_reading(), "PATCH", &keeper, asked, body).await.status, 200);
    }
    let asked = about(&id).and("userId", keeper.id);
    assert_eq!(room.call(&room.remove_member(), "DELETE", &owner, asked, None).await.status, 204);
    let refused = room.measure(&keeper, &id, "b", MEASURED, &[("ph", "8")]).await;
    assert_eq!(refused.body["code"], "aquariums.no_such_aquarium");
    let gone = event(UserDeleted { user_id: keeper.id });
    assert_eq!(room.forget(gone.clone()).await.unwrap(), Done::Applied);
    assert_eq!(room.items_with(&keeper.id.to_string()).await, Vec::<String>::new());
    assert_eq!(room.forget(gone).await.unwrap(), Done::Duplicate);
    let nitrate = room.call(&room.get_manual_reading(), "GET", &owner, about_first(&id, &theirs), None).await.body;
    assert_eq!((&nitrate["value"], &nitrate["recordedBy"]), (&json!("10"), &Value::Null));
    let ph = room.call(&room.get_manual_reading(), "GET", &owner, about_first(&id, &own), None).await.body;
    assert_eq!((&ph["value"], &ph["recordedBy"]), (&json!("8.2"), &json!(owner.id)));
}

#[tokio::test]
async fn a_removed_aquarium_leaves_no_readings() {
    let (room, [owner, keeper, ..], id) = shared().await;
    assert_eq!(room.measure(&owner, &id, "a", MEASURED, &[("ph", "8")]).await.status, 201);
    let delete = room.delete_aquarium();
    let (deleted, _) = tokio::join!(
        room.call(&delete, "DELETE", &owner, about(&id).tagged("\"1\""), None),
        room.measure(&keeper, &id, "b", MEASURED, &[("nitrate", "10")]),
    );
    assert_eq!(deleted.status, 204, "{}", deleted.body);
    let fact = AquariumRemoved { aquarium_id: id.parse().unwrap(), owner_id: owner.id, revision: 2 };
    assert_eq!(room.purge(event(fact)).await.unwrap(), Done::Applied);
    let left = room.items_with(&id).await;
    assert!(left.iter().all(|key| key.ends_with(" access") || key.contains("contribution#")), "{left:?}");
}

#[tokio::test]
async fn a_user_records_a_thousand_readings_a_day() {
    let (room, [owner, ..], id) = shared().await;
    let values = [("ph", "8"); 20];
    for number in 0..50 {
        assert_eq!(room.measure(&owner, &id, &format!("key-{number}"), MEASURED, &values).await.status, 201);
    }
    let refused = room.measure(&owner, &id, "more", MEASURED, &values[..1]).await;
    assert_eq!(refused.body["code"], "request.limit_exceeded");
    let again = room.measure(&owner, &id, "key-0", MEASURED, &values).await;
    assert_eq!(again.status, 201, "a repeated request gets the same answer");
}

#[tokio::test]
async fn the_first_aquarium_is_welcomed_and_no_other() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let id = room.aquarium(&ann, "a").await;
    room.aquarium(&ann, "a").await;
    room.aquarium(&ann, "b").await;
    let requested = room.told::<NotificationRequested>().await;
    assert_eq!(requested.len(), 1);
    let request = &requested[0]["data"];
    assert_eq!((&request["recipients"], &request["message"]["data"]["aquarium_id"]), (&json!([ann.id]), &json!(id)));
    assert_eq!(
        (&request["message"]["template"], &request["category"]),
        (&json!("aquarium_welcome"), &json!("activity"))
    );
}

/// For how many days samples of an aquarium are kept.
async fn raw_days(room: &Fishroom, id: &str) -> u16 {
    let access = room.store.access(id.parse().unwrap()).await.unwrap().unwrap();
    Access::retention(&access.value).days_at(Timestamp::UNIX_EPOCH)
}

#[tokio::test]
async fn the_latest_plan_of_the_owner_decides_how_long_samples_are_kept() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let id = room.aquarium(&ann, "a").await;
    let at = |second| Timestamp::from_second(second).unwrap();
    assert_eq!(raw_days(&room, &id).await, 30);
    assert_eq!(room.plan(ann.id, "plus", at(2)).await.unwrap(), Done::Applied);
    assert_eq!(raw_days(&room, &id).await, 400);
    // An older event that arrives late, and a repeated one.
    for (plan, since) in [("free", at(1)), ("plus", at(2))] {
        assert_eq!(room.plan(ann.id, plan, since).await.unwrap(), Done::Duplicate);
        assert_eq!(raw_days(&room, &id).await, 400);
    }
    // An aquarium that is created under the plan.
    let second = room.aquarium(&ann, "b").await;
    let created = room.told::<AquariumCreated>().await;
    let created = created.iter().find(|fact| fact["data"]["aquariumId"] == json!(second)).unwrap();
    let created = serde_json::from_value::<AquariumCreated>(created["data"].clone()).unwrap();
    for expected in [Done::Applied, Done::Duplicate] {
        assert_eq!(room.keep_plans(event(created.clone())).await.unwrap(), expected);
        assert_eq!(raw_days(&room, &second).await, 400);
    }
    // Concurrent events end with the latest plan.
    let plans = [("free", 3), ("plus", 4), ("free", 5), ("family", 6), ("free", 7)];
    join_all(plans.map(|(plan, second)| room.plan(ann.id, plan, at(second)))).await;
    assert_eq!((raw_days(&room, &id).await, raw_days(&room, &second).await), (30, 30));
    let body = reef();
    assert_eq!(
        room.call(&room.create_aquarium(), "POST", &ann, Asked::default().once("c"), Some(body)).await.status,
        409
    );
}

#[tokio::test]
async fn a_plan_from_billing_ends_on_time_without_an_event() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let id = room.aquarium(&ann, "a").await;
    room.aquarium(&ann, "b").await;
    let create = async |key: &'static str| {
        let asked = Asked::default().once(key);
        room.call(&room.create_aquarium(), "POST", &ann, asked, Some(reef())).await.status
    };
    let now = Timestamp::now();
    let entitled = |revision, until| {
        let (plan, source) = (Some("family".to_owned()), EntitlementSource::Grant);
        let steps = vec![EntitlementStep { plan, source, until: Some(until) }];
        event(EntitlementChanged { user_id: ann.id, revision, steps })
    };
    assert_eq!(create("c").await, 409);
    let end = now + SignedDuration::from_hours(1);
    for expected in [Done::Applied, Done::Duplicate] {
        assert_eq!(room.keep_plans(entitled(2, end)).await.unwrap(), expected);
    }
    let access = room.store.access(id.parse().unwrap()).await.unwrap().unwrap().value;
    assert_eq!([now, end].map(|at| access.retention().days_at(at)), [400, 30]);
    // An older event that arrives late, and one of which the end has passed.
    let late = entitled(1, now + SignedDuration::from_hours(9));
    assert_eq!(room.keep_plans(late).await.unwrap(), Done::Duplicate);
    assert_eq!(create("d").await, 201);
    let passed = entitled(3, now - SignedDuration::from_secs(1));
    assert_eq!(room.keep_plans(passed).await.unwrap(), Done::Applied);
    assert_eq!(create("e").await, 409);
}
