//! Sensors, devices and readings of aquariums: roles, keys, races, the union of samples, and series.

use std::collections::BTreeSet;
use std::time::Duration;

use aquariums::consumers::keep_plans::keep_plans;
use aquariums::domain::access::Access;
use aquariums::domain::share::Share;
use aquariums::store::Aquariums;
use contracts::aquariums::{AquariumKind, MemberRole};
use contracts::identity::{UserRestored, UserSuspended};
use dynamo::Outbox;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kit::sqs::Done;
use serde_json::json;
use testkit::Reply;
use tests::Cost;

use crate::aquariums_support::event_at;
use crate::readings_support::{Device, Person, Reef, counts, refusal};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A device with one sensor.
async fn probe(reef: &Reef) -> (Device, String) {
    let device = reef.device().await;
    let sensor = reef.sensor(Some(&device)).await;
    (device, sensor)
}

#[tokio::test]
async fn viewers_read_keepers_change_and_strangers_find_nothing() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let name = json!({ "name": "N" });
    let new_sensor = json!({ "name": "N", "parameter": "ph", "unit": "ph" });
    let points = json!({ "points": [{ "raw": "25.1", "reference": "25" }, { "raw": "30.2", "reference": "30" }] });
    let series = format!("readings?sensor={sensor}&from=2026-11-29T11:00:00Z&to=2026-11-29T12:00:00Z");
    let reads = ["devices", "sensors", "latest", &series];
    let key = format!("devices/{}/key", device.id);
    let calibrations = format!("sensors/{sensor}/calibrations");
    let of_sensor = format!("sensors/{sensor}");
    let of_device = format!("devices/{}", device.id);
    let changes = [
        ("POST", "devices", Some(&name), 201),
        ("POST", "sensors", Some(&new_sensor), 201),
        ("POST", key.as_str(), None, 200),
        ("POST", calibrations.as_str(), Some(&points), 200),
        ("DELETE", of_sensor.as_str(), None, 204),
        ("DELETE", of_device.as_str(), None, 204),
    ];
    for path in reads {
        for person in [&reef.owner, &reef.keeper, &reef.viewer] {
            let reply = reef.call(person, "GET", path, None).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        }
        let reply = reef.call(&reef.stranger, "GET", path, None).await;
        assert_eq!(refusal(&reply), (404, "aquariums.no_such_aquarium"), "{path}");
        assert_eq!(refusal(&reef.send("GET", path, &[], None).await), (401, "auth.token_missing"), "{path}");
    }
    for (method, path, body, status) in changes {
        let reply = reef.call(&reef.stranger, method, path, body).await;
        assert_eq!(refusal(&reply), (404, "aquariums.no_such_aquarium"), "{method} {path}");
        let reply = reef.call(&reef.viewer, method, path, body).await;
        assert_eq!(refusal(&reply), (403, "aquariums.role_too_low"), "{method} {path}");
        assert_eq!(refusal(&reef.send(method, path, &[], body).await), (401, "auth.token_missing"), "{method} {path}");
        let reply = reef.call(&reef.keeper, method, path, body).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_device_is_known_by_its_current_key_only() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let sample = [(sensor.as_str(), reef.clock.now(), "25.0")];
    assert_eq!(counts(&reef.record(&device.key, &sample).await), (1, 0, 0));
    let body = json!({ "samples": [] });
    assert_eq!(refusal(&reef.record_body(&[], &body).await), (401, "auth.token_missing"));
    let token = [("authorization", "Bearer x")];
    assert_eq!(refusal(&reef.record_body(&token, &body).await), (401, "auth.token_invalid"));
    for wrong in ["x", &device.key.replace("atd_", "atoll_ak_"), &device.key[..device.key.len() - 1]] {
        assert_eq!(refusal(&reef.record(wrong, &sample).await), (401, "auth.key_invalid"), "{wrong}");
    }
    // The secret of another device does not open this one.
    let other = reef.device().await;
    let mixed = format!("{}{}", &device.key[..36], &other.key[36..]);
    assert_eq!(refusal(&reef.record(&mixed, &sample).await), (401, "auth.key_invalid"));
    let rotated = reef.call(&reef.keeper, "POST", &format!("devices/{}/key", device.id), None).await;
    assert_eq!(refusal(&reef.record(&device.key, &sample).await), (401, "auth.key_invalid"));
    assert_eq!(counts(&reef.record(rotated.body["key"].as_str().unwrap(), &sample).await), (0, 1, 0));
}

#[tokio::test]
async fn a_key_records_for_its_own_aquarium_only_and_members_for_theirs() {
    let (reef, other) = (Reef::start().await, Reef::start().await);
    let (device, _) = probe(&reef).await;
    let (_, foreign) = probe(&other).await;
    let sample = [(foreign.as_str(), reef.clock.now(), "25.0")];
    let reply = reef.record(&device.key, &sample).await;
    assert_eq!((counts(&reply), &reply.body["ignored"]), ((0, 0, 0), &json!(1)));
    // A device of another aquarium in the same table.
    let neighbour = Reef::on(reef.table.clone(), "2026-11-29T12:00:30Z").await;
    let path = format!("devices/{}/key", device.id);
    let reply = neighbour.call(&neighbour.owner, "POST", &path, None).await;
    assert_eq!(refusal(&reply), (404, "aquariums.no_such_device"));
    let body = json!({ "name": "T", "parameter": "ph", "unit": "ph", "deviceId": device.id });
    let reply = neighbour.call(&neighbour.owner, "POST", "sensors", Some(&body)).await;
    assert_eq!(refusal(&reply), (404, "aquariums.no_such_device"));
}

#[tokio::test]
async fn samples_are_a_union_over_hours_batches_and_repetitions() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let sensor = sensor.as_str();
    let early = [(sensor, at("2026-11-29T11:58:00Z"), "25.0"), (sensor, at("2026-11-29T11:59:00Z"), "25.2")];
    assert_eq!(counts(&reef.record(&device.key, &early).await), (2, 0, 0));
    // The hour turns; one sample of the hour before is repeated with another value.
    let turn = [(sensor, at("2026-11-29T11:59:00Z"), "26.0"), (sensor, at("2026-11-29T12:00:00Z"), "25.4")];
    assert_eq!(counts(&reef.record(&device.key, &turn).await), (1, 0, 1));
    // Late samples, of the hour before and of one without a bucket.
    let late = [(sensor, at("2026-11-29T11:30:00Z"), "24.0"), (sensor, at("2026-11-28T03:00:00Z"), "23.0")];
    assert_eq!(counts(&reef.record(&device.key, &late).await), (2, 0, 0));
    for batch in [&early[..], &late[..]] {
        assert_eq!(counts(&reef.record(&device.key, batch).await), (0, 2, 0));
    }
    let span = "from=2026-11-28T00:00:00Z&to=2026-11-29T13:00:00Z";
    let raw = reef.series(&format!("sensor={sensor}&{span}&resolution=raw")).await;
    let values: Vec<_> = raw.body["points"].as_array().unwrap().iter().map(|point| point["mean"].clone()).collect();
    assert_eq!(values, ["23.000", "24.000", "25.000", "25.200", "25.400"]);
    let hours = reef.series(&format!("sensor={sensor}&{span}&resolution=hour")).await;
    let hour = &hours.body["points"][1];
    assert_eq!(hour["at"], "2026-11-29T11:00:00.000Z");
    assert_eq!(
        (&hour["count"], &hour["mean"], &hour["min"], &hour["max"]),
        (&json!(3), &json!("24.733"), &json!("24.000"), &json!("25.200"))
    );
    assert_eq!((&hour["first"], &hour["last"]), (&json!("24.000"), &json!("25.200")));
    let days =
        reef.series(&format!("sensor={sensor}&{span}&resolution=day&timeZone=Asia/Kathmandu&unit=fahrenheit")).await;
    let starts: Vec<_> =
        days.body["points"].as_array().unwrap().iter().map(|day| (day["at"].clone(), day["count"].clone())).collect();
    assert_eq!(starts, [(json!("2026-11-27T18:15:00.000Z"), json!(1)), (json!("2026-11-28T18:15:00.000Z"), json!(4))]);
    assert_eq!(days.body["points"][0]["mean"], "73.400");
    let latest = reef.call(&reef.viewer, "GET", "latest", None).await;
    let latest = &latest.body["items"][0];
    assert_eq!((&latest["value"], &latest["measuredAt"]), (&json!("25.400"), &json!("2026-11-29T12:00:00.000Z")));
}

#[tokio::test]
async fn a_power_on_value_is_shown_as_suspect_and_counts_nowhere() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let now = at("2026-11-29T12:00:00Z");
    let samples = [(sensor.as_str(), now, "85.0"), (sensor.as_str(), now + SignedDuration::from_secs(1), "25.1")];
    reef.record(&device.key, &samples).await;
    let span = format!("sensor={sensor}&from=2026-11-29T12:00:00Z&to=2026-11-29T13:00:00Z");
    let raw = reef.series(&format!("{span}&resolution=raw")).await;
    let suspects: Vec<_> =
        raw.body["points"].as_array().unwrap().iter().map(|point| point["suspect"].clone()).collect();
    assert_eq!(suspects, [true, false]);
    let hour = reef.series(&format!("{span}&resolution=hour")).await;
    assert_eq!((&hour.body["points"][0]["count"], &hour.body["points"][0]["max"]), (&json!(1), &json!("25.100")));
    let latest = reef.call(&reef.viewer, "GET", "latest", None).await;
    assert_eq!(latest.body["items"][0]["value"], "25.100");
}

#[tokio::test]
async fn concurrent_batches_of_a_device_are_all_stored() {
    let reef = Reef::start_with_conflicts().await;
    let (device, sensor) = probe(&reef).await;
    // The first batch closes no hour; those after it meet a turn of the hour and each other.
    reef.record(&device.key, &[(sensor.as_str(), at("2026-11-29T11:59:59Z"), "25.0")]).await;
    let batches = (0..8_i64).map(|number| {
        let (reef, device, sensor) = (&reef, &device, sensor.as_str());
        async move {
            let second = |minutes: i64| at("2026-11-29T12:00:00Z") + SignedDuration::from_secs(number - 60 * minutes);
            let samples = [(sensor, second(0), "25.1"), (sensor, second(5), "25.2"), (sensor, second(90), "25.3")];
            counts(&reef.record(&device.key, &samples).await)
        }
    });
    for counted in join_all(batches).await {
        assert_eq!(counted, (3, 0, 0));
    }
    let span = "from=2026-11-29T09:00:00Z&to=2026-11-29T13:00:00Z";
    for resolution in ["raw", "15m", "hour", "day"] {
        let series = reef.series(&format!("sensor={sensor}&{span}&resolution={resolution}")).await;
        let points = series.body["points"].as_array().unwrap();
        assert_eq!(points.iter().map(|point| point["count"].as_u64().unwrap()).sum::<u64>(), 25, "{resolution}");
    }
}

#[tokio::test]
async fn an_aquarium_never_has_more_than_ten_devices() {
    let reef = Reef::start_with_conflicts().await;
    let body = json!({ "name": "N" });
    for _ in 0..8 {
        reef.device().await;
    }
    let replies = join_all((0..4).map(|_| reef.call(&reef.owner, "POST", "devices", Some(&body)))).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status != 201).map(refusal).collect();
    assert_eq!(refused, [(409, "aquariums.too_many_devices"); 2]);
    let devices = reef.call(&reef.viewer, "GET", "devices", None).await;
    let ids: BTreeSet<_> =
        devices.body["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()).collect();
    assert_eq!(ids.len(), 10);
}

#[tokio::test]
async fn a_device_never_has_more_than_eight_sensors() {
    let reef = Reef::start_with_conflicts().await;
    let device = reef.device().await;
    let body = json!({ "name": "T", "parameter": "temperature", "unit": "celsius", "deviceId": device.id });
    for _ in 0..4 {
        reef.sensor(Some(&device)).await;
    }
    let replies = join_all((0..6).map(|_| reef.call(&reef.owner, "POST", "sensors", Some(&body)))).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status != 201).map(refusal).collect();
    assert_eq!(refused, [(409, "aquariums.device_full"); 2]);
    // A deleted sensor leaves room for another one, and its device can no longer send its values.
    let sensors = reef.call(&reef.viewer, "GET", "sensors", None).await;
    let sensor = sensors.body["items"][0]["id"].as_str().unwrap();
    reef.record(&device.key, &[(sensor, reef.clock.now(), "25")]).await;
    assert_eq!(reef.call(&reef.owner, "DELETE", &format!("sensors/{sensor}"), None).await.status, 204);
    let ignored = reef.record(&device.key, &[(sensor, reef.clock.now(), "25")]).await;
    assert_eq!((counts(&ignored), &ignored.body["ignored"]), ((0, 0, 0), &json!(1)));
    let series = format!("sensor={sensor}&from=2026-11-29T11:00:00Z&to=2026-11-29T12:00:00Z");
    assert_eq!(refusal(&reef.series(&series).await), (404, "aquariums.no_such_sensor"));
    assert_eq!(reef.call(&reef.owner, "POST", "sensors", Some(&body)).await.status, 201);
}

#[tokio::test]
async fn a_repeated_create_has_no_further_effect() {
    let reef = Reef::start().await;
    let authorization = reef.owner.authorization();
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", "k")];
    let body = json!({ "name": "T", "parameter": "ph", "unit": "ph" });
    let first = reef.send("POST", "sensors", &headers, Some(&body)).await;
    let again = reef.send("POST", "sensors", &headers, Some(&body)).await;
    assert_eq!((first.status, again.status, &first.body), (201, 201, &again.body));
    let other = json!({ "name": "U", "parameter": "ph", "unit": "ph" });
    assert_eq!(
        refusal(&reef.send("POST", "sensors", &headers, Some(&other)).await),
        (422, "request.idempotency_key_reused")
    );
    let device = json!({ "name": "N" });
    assert_eq!(reef.send("POST", "devices", &headers, Some(&device)).await.status, 201);
    assert_eq!(refusal(&reef.send("POST", "devices", &headers, Some(&device)).await), (409, "aquariums.device_exists"));
}

#[tokio::test]
async fn a_key_creates_nothing_again_after_a_deletion() {
    let reef = Reef::start().await;
    let authorization = reef.owner.authorization();
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", "k")];
    let create = async |path: &str, body: &serde_json::Value| reef.send("POST", path, &headers, Some(body)).await;
    let delete = async |path: String| reef.call(&reef.keeper, "DELETE", &path, None).await.status;
    let name = json!({ "name": "N" });
    let device = create("devices", &name).await.body["deviceId"].as_str().unwrap().to_owned();
    let by_hand = json!({ "name": "T", "parameter": "ph", "unit": "ph" });
    let sensor = create("sensors", &by_hand).await.body["id"].as_str().unwrap().to_owned();
    assert_eq!(delete(format!("sensors/{sensor}")).await, 204);
    assert_eq!(refusal(&create("sensors", &by_hand).await), (422, "request.idempotency_key_reused"));
    // The same for a sensor that is deleted with its device.
    let other = [("authorization", authorization.as_str()), ("idempotency-key", "l")];
    let of_device = json!({ "name": "T", "parameter": "ph", "unit": "ph", "deviceId": device });
    assert_eq!(reef.send("POST", "sensors", &other, Some(&of_device)).await.status, 201);
    assert_eq!(delete(format!("devices/{device}")).await, 204);
    assert_eq!(refusal(&create("devices", &name).await), (422, "request.idempotency_key_reused"));
    assert_eq!(
        refusal(&reef.send("POST", "sensors", &other, Some(&by_hand)).await),
        (422, "request.idempotency_key_reused")
    );
    for list in ["sensors", "devices"] {
        let reply = reef.call(&reef.viewer, "GET", list, None).await;
        assert!(reply.body["items"].as_array().unwrap().is_empty(), "{list}: {}", reply.body);
    }
}

/// Replaces the access to the aquarium.
async fn change_access(reef: &Reef, change: impl FnOnce(&Access) -> Access) {
    let read = reef.consumer.store.access(reef.aquarium).await.unwrap().unwrap();
    let next = change(&read.value);
    assert!(reef.table.of::<Aquariums>().replace(&read, next, &Outbox::none()).await.is_ok());
}

#[tokio::test]
async fn a_key_is_valid_until_the_user_to_whom_it_was_issued_may_no_longer_keep_the_aquarium() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let other = reef.device().await;
    let path = format!("devices/{}/key", device.id);
    let rotate = async |person: &Person| {
        let rotated = reef.call(person, "POST", &path, None).await;
        rotated.body["key"].as_str().unwrap().to_owned()
    };
    let key = rotate(&reef.keeper).await;
    let sample = [(sensor.as_str(), reef.clock.now(), "25.0")];
    assert_eq!(counts(&reef.record(&key, &sample).await), (1, 0, 0));
    change_access(&reef, |access| access.with_role(reef.keeper.id, MemberRole::Viewer).unwrap()).await;
    assert_eq!(refusal(&reef.record(&key, &sample).await), (401, "auth.key_invalid"));
    // A keeper again, or a member again: the former keys stay refused.
    change_access(&reef, |access| access.with_role(reef.keeper.id, MemberRole::Keeper).unwrap()).await;
    assert_eq!(refusal(&reef.record(&key, &sample).await), (401, "auth.key_invalid"));
    let key = rotate(&reef.keeper).await;
    assert_eq!(counts(&reef.record(&key, &sample).await), (0, 1, 0));
    change_access(&reef, |access| access.without(reef.keeper.id).unwrap()).await;
    assert_eq!(refusal(&reef.record(&key, &sample).await), (401, "auth.key_invalid"));
    change_access(&reef, |access| access.admit(reef.keeper.id, MemberRole::Keeper).unwrap()).await;
    assert_eq!(refusal(&reef.record(&key, &sample).await), (401, "auth.key_invalid"));
    // The key of the owner, and another one of the first device, are not affected.
    assert_eq!(reef.record(&other.key, &sample).await.status, 200);
    let key = rotate(&reef.owner).await;
    assert_eq!(counts(&reef.record(&key, &sample).await), (0, 1, 0));
    // The removal of the aquarium ends all of them, before its data is purged.
    change_access(&reef, |access| access.removed(reef.clock.now())).await;
    for key in [&key, &other.key] {
        assert_eq!(refusal(&reef.record(key, &sample).await), (401, "auth.key_invalid"));
    }
}

#[tokio::test]
async fn keys_of_a_suspended_user_are_refused_until_the_account_is_restored_in_any_order_of_events() {
    let reef = Reef::start().await;
    reef.describe(AquariumKind::Marine).await;
    let keeper = reef.consumer.store.scope(reef.keeper.id, reef.aquarium).await.unwrap().unwrap();
    reef.table.of::<Aquariums>().create(Share::new(&keeper, reef.clock.now()), &Outbox::none()).await.unwrap();
    let (device, sensor) = probe(&reef).await;
    let other = reef.device().await;
    let rotated = reef.call(&reef.keeper, "POST", &format!("devices/{}/key", device.id), None).await;
    let (key, sample) = (rotated.body["key"].as_str().unwrap(), [(sensor.as_str(), reef.clock.now(), "25.0")]);
    let first = reef.record(key, &sample).await;
    assert_eq!(counts(&first), (1, 0, 0));
    let (user_id, start) = (reef.keeper.id, reef.clock.now());
    let suspended = async |user_id, second| {
        let event = event_at(UserSuspended { user_id }, start + SignedDuration::from_secs(second));
        keep_plans(reef.consumer, event).await.unwrap()
    };
    let restored = async |user_id, second| {
        let event = event_at(UserRestored { user_id }, start + SignedDuration::from_secs(second));
        keep_plans(reef.consumer, event).await.unwrap()
    };
    for expected in [Done::Applied, Done::Duplicate] {
        assert_eq!(suspended(user_id, 10).await, expected);
        assert_eq!(refusal(&reef.record(key, &sample).await), (401, "auth.key_invalid"));
    }
    // Keys of others are accepted, and an older event changes nothing.
    assert_eq!(reef.record(&other.key, &sample).await.status, 200);
    assert_eq!(restored(user_id, 5).await, Done::Duplicate);
    assert_eq!(refusal(&reef.record(key, &sample).await), (401, "auth.key_invalid"));
    assert_eq!(restored(user_id, 20).await, Done::Applied);
    assert_eq!(suspended(user_id, 15).await, Done::Duplicate);
    let again = reef.record(key, &[(sensor.as_str(), reef.clock.now() - SignedDuration::from_secs(1), "25.0")]).await;
    assert_eq!(counts(&again), (1, 0, 0));
    // Still one read and one write.
    let cost = |reply: &Reply| (Cost::from(reply).calls, Cost::from(reply).rounds);
    assert_eq!((cost(&first), cost(&again)), ((2, 2), (2, 2)));
    // An owner, too.
    assert_eq!(suspended(reef.owner.id, 30).await, Done::Applied);
    assert_eq!(refusal(&reef.record(&other.key, &sample).await), (401, "auth.key_invalid"));
}

#[tokio::test]
async fn a_key_with_another_aquarium_is_refused() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let neighbour = Reef::on(reef.table.clone(), "2026-11-29T12:00:30Z").await;
    let aquarium = |reef: &Reef| reef.aquarium.uuid().simple().to_string();
    let moved = device.key.replace(&aquarium(&reef), &aquarium(&neighbour));
    assert_ne!(moved, device.key);
    let sample = [(sensor.as_str(), reef.clock.now(), "25.0")];
    assert_eq!(refusal(&reef.record(&moved, &sample).await), (401, "auth.key_invalid"));
    assert_eq!(counts(&reef.record(&device.key, &sample).await), (1, 0, 0));
}

#[tokio::test]
async fn a_value_that_cannot_be_stored_refuses_no_other_one() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let (sensor, now) = (sensor.as_str(), at("2026-11-29T12:00:00Z"));
    let unknown = types::new_uuid().to_string();
    let later = now + SignedDuration::from_secs(1);
    let samples = [(sensor, now, "99999"), (sensor, later, "25"), (unknown.as_str(), later, "25")];
    let reply = reef.record(&device.key, &samples).await;
    assert_eq!((counts(&reply), &reply.body["ignored"]), ((2, 0, 0), &json!(1)));
    let span = "from=2026-11-29T12:00:00Z&to=2026-11-29T13:00:00Z&resolution=raw";
    let raw = reef.series(&format!("sensor={sensor}&{span}")).await;
    let shown: Vec<_> = raw.body["points"].as_array().unwrap().iter().map(|point| point["suspect"].clone()).collect();
    assert_eq!(shown, [true, false]);
    assert_eq!(raw.body["points"][0]["mean"], "200.000");
}

#[tokio::test]
async fn a_value_that_the_unit_cannot_show_is_null() {
    let reef = Reef::start().await;
    let device = reef.device().await;
    let sensor = reef.sensor_of(Some(&device), "salinity", "psu").await;
    let now = at("2026-11-29T12:00:00Z");
    let samples = [(sensor.as_str(), now, "35"), (sensor.as_str(), now + SignedDuration::from_secs(1), "45")];
    assert_eq!(counts(&reef.record(&device.key, &samples).await), (2, 0, 0));
    let span = "from=2026-11-29T12:00:00Z&to=2026-11-29T13:00:00Z&resolution=raw&unit=sg";
    let raw = reef.series(&format!("sensor={sensor}&{span}")).await;
    assert_eq!(raw.status, 200, "{}", raw.body);
    let points = raw.body["points"].as_array().unwrap();
    assert!(points[0]["mean"].is_string() && points[1]["mean"].is_null(), "{}", raw.body);
}

#[tokio::test]
async fn a_calibration_holds_from_now_on_and_its_points_differ() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let path = format!("sensors/{sensor}/calibrations");
    let calibrate = async |points: serde_json::Value| {
        reef.call(&reef.keeper, "POST", &path, Some(&json!({ "points": points }))).await
    };
    let equal = calibrate(json!([{ "raw": "25.1", "reference": "25" }, { "raw": "25.1", "reference": "30" }])).await;
    assert_eq!(refusal(&equal), (422, "request.invalid"));
    assert_eq!(equal.body["errors"][0]["field"], "points");
    let before = reef.clock.now();
    reef.clock.advance(Duration::from_secs(10));
    let good = json!([{ "raw": "24", "reference": "25" }, { "raw": "29", "reference": "30" }]);
    assert_eq!(calibrate(good.clone()).await.body["calibrations"].as_array().unwrap().len(), 1);
    assert_eq!(calibrate(good).await.body["calibrations"].as_array().unwrap().len(), 1);
    let samples = [(sensor.as_str(), before, "24.5"), (sensor.as_str(), reef.clock.now(), "24.5")];
    assert_eq!(counts(&reef.record(&device.key, &samples).await), (2, 0, 0));
    let span = format!("sensor={sensor}&from=2026-11-29T12:00:00Z&to=2026-11-29T13:00:00Z&resolution=raw");
    let raw = reef.series(&span).await;
    let values: Vec<_> = raw.body["points"].as_array().unwrap().iter().map(|point| point["mean"].clone()).collect();
    assert_eq!(values, ["24.500", "25.500"]);
}

#[tokio::test]
async fn bad_input_is_named_and_nothing_of_it_is_stored() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let (sensor, now) = (sensor.as_str(), reef.clock.now());
    let wrong = [
        (sensor, now, "25"),
        (sensor, now + SignedDuration::from_secs(301), "25"),
        (sensor, now - SignedDuration::from_hours(24 * 31), "25"),
        (sensor, now, "1e9"),
    ];
    for (number, sample) in wrong.iter().enumerate().skip(1) {
        let reply = reef.record(&device.key, &[wrong[0], *sample]).await;
        assert_eq!(refusal(&reply), (422, "request.invalid"), "{number}");
        let field = if number == 3 { "samples[1].value" } else { "samples[1].at" };
        assert_eq!(reply.body["errors"][0]["field"], field, "{}", reply.body);
    }
    assert_eq!(refusal(&reef.record(&device.key, &[]).await), (422, "request.invalid"));
    let many = vec![wrong[0]; 501];
    assert_eq!(refusal(&reef.record(&device.key, &many).await), (422, "request.invalid"));
    let hours: Vec<_> = (0..25).map(|hours| (sensor, now - SignedDuration::from_hours(hours), "25")).collect();
    assert_eq!(refusal(&reef.record(&device.key, &hours).await), (422, "aquariums.too_many_hours"));
    assert_eq!(counts(&reef.record(&device.key, &wrong[..1]).await), (1, 0, 0));
    let body = json!({ "name": "T", "parameter": "ammonia", "unit": "mg_l" });
    let reply = reef.call(&reef.owner, "POST", "sensors", Some(&body)).await;
    assert_eq!((refusal(&reply), &reply.body["errors"][0]["field"]), ((422, "request.invalid"), &json!("unit")));
    let from = "from=2026-11-29T12:00:00Z";
    for (query, field) in [
        (format!("{from}&to=2026-11-29T12:00:00Z"), "to"),
        (format!("{from}&to=2027-12-29T12:00:00Z"), "to"),
        (format!("{from}&to=2026-12-29T12:00:00Z&resolution=raw"), "to"),
        (format!("{from}&to=2026-11-30T12:00:00Z&timeZone=Mars"), "timeZone"),
        (format!("{from}&to=2026-11-30T12:00:00Z&unit=ph"), "unit"),
        (format!("{from}&to=tomorrow"), "to"),
    ] {
        let reply = reef.series(&format!("sensor={sensor}&{query}")).await;
        assert_eq!(refusal(&reply), (422, "request.invalid"), "{query}");
        assert_eq!(reply.body["errors"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn more_than_two_thousand_samples_are_read_in_parts() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let start = at("2026-11-29T10:00:00Z");
    let second = |second: i64| start + SignedDuration::from_secs(second);
    for batch in 0..6 {
        let samples: Vec<_> = (0..400).map(|number| (sensor.as_str(), second(batch * 400 + number), "25.0")).collect();
        assert_eq!(counts(&reef.record(&device.key, &samples).await), (400, 0, 0));
    }
    let query = |from: &str| format!("sensor={sensor}&from={from}&to=2026-11-29T12:00:00Z&resolution=raw");
    let first = reef.series(&query("2026-11-29T10:00:00Z")).await;
    assert_eq!(first.body["points"].as_array().unwrap().len(), 2_000);
    let rest = reef.series(&query(first.body["nextFrom"].as_str().unwrap())).await;
    assert_eq!(rest.body["points"].as_array().unwrap().len(), 400);
    assert!(rest.body["nextFrom"].is_null());
}

#[tokio::test]
async fn a_purge_leaves_nothing_of_the_devices_and_ends_their_keys() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let sensor = sensor.as_str();
    let samples = [
        (sensor, at("2026-10-31T23:00:00Z"), "25.0"),
        (sensor, at("2026-11-29T11:00:00Z"), "25.1"),
        (sensor, at("2026-11-29T12:00:00Z"), "25.2"),
    ];
    assert_eq!(counts(&reef.record(&device.key, &samples).await), (3, 0, 0));
    let purge = async || reef.consumer.store.purge_devices(reef.aquarium, reef.clock.now()).await.unwrap();
    let done = purge().await;
    // The head, its watch, two buckets of two hours each, and the directory.
    assert_eq!((done.items, done.more), (7, false));
    assert_eq!(purge().await.items, 0);
    assert_eq!(refusal(&reef.record(&device.key, &samples).await), (401, "auth.key_invalid"));
    let id = device.id.parse().unwrap();
    let span = aquariums::domain::series::Span { from: samples[0].1.as_second(), to: reef.clock.now().as_second() };
    assert!(reef.consumer.store.rollups(id, span).await.unwrap().is_empty());
    assert!(reef.consumer.store.samples(id, span).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_deleted_device_ends_its_key_and_sensors_and_leaves_room_for_another() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    for _ in 0..9 {
        reef.device().await;
    }
    let sample = [(sensor.as_str(), reef.clock.now(), "25")];
    assert_eq!(counts(&reef.record(&device.key, &sample).await), (1, 0, 0));
    let path = format!("devices/{}", device.id);
    assert_eq!(reef.call(&reef.keeper, "DELETE", &path, None).await.status, 204);
    let again = reef.call(&reef.keeper, "DELETE", &path, None).await;
    assert_eq!(refusal(&again), (404, "aquariums.no_such_device"));
    assert_eq!(refusal(&reef.record(&device.key, &sample).await), (401, "auth.key_invalid"));
    for list in ["sensors", "latest"] {
        let reply = reef.call(&reef.viewer, "GET", list, None).await;
        assert!(reply.body["items"].as_array().unwrap().is_empty(), "{list}");
    }
    reef.device().await;
}
