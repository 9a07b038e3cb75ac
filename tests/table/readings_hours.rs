//! What the end of an hour publishes, how long samples are kept, and what erasure leaves of a device key.

use aquariums::domain::access::Access;
use aquariums::domain::day::DaySummary;
use aquariums::domain::device::{DeviceHead, PastUses};
use aquariums::domain::quota::Retention;
use aquariums::store::Aquariums;
use contracts::identity::UserDeleted;
use contracts::{Actor, Envelope};
use dynamo::Outbox;
use jiff::{SignedDuration, Timestamp};
use kit::Deadline;
use serde_json::{Value, json};
use testkit::finished;
use types::EventId;

use crate::readings_support::{Device, Reef, counts, refusal};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn probe(reef: &Reef) -> (Device, String) {
    let device = reef.device().await;
    let sensor = reef.sensor(Some(&device)).await;
    (device, sensor)
}

/// The events of a type that items carry in their outbox now.
async fn told(reef: &Reef, event_type: &str) -> Vec<Value> {
    let items = reef.table.items().await;
    let outboxes = items.iter().filter_map(|item| item.get("outbox")).filter_map(|text| text.as_s().ok());
    let events = outboxes.flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap());
    events.filter(|event| event["type"] == event_type).collect()
}

/// The number of an attribute of all items whose sort keys begin with a text.
async fn numbers(reef: &Reef, prefix: &str, attribute: &str) -> Vec<i64> {
    let items = reef.table.items().await;
    let items = items.iter().filter(|item| item["sk"].as_s().unwrap().starts_with(prefix));
    items.map(|item| item[attribute].as_n().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn the_end_of_an_hour_is_published_once_and_late_samples_publish_nothing() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let send = async |samples: &[(&str, &str)]| {
        let samples: Vec<_> = samples.iter().map(|(time, value)| (sensor.as_str(), at(time), *value)).collect();
        counts(&reef.record(&device.key, &samples).await)
    };
    send(&[("2026-11-29T10:10:00Z", "25.0"), ("2026-11-29T10:20:00Z", "25.5"), ("2026-11-29T10:30:00Z", "85.0")]).await;
    assert_eq!(told(&reef, "aquariums.readings_summarized").await, Vec::<Value>::new());
    send(&[("2026-11-29T11:10:00Z", "26.0")]).await;
    let facts = told(&reef, "aquariums.readings_summarized").await;
    let data = &facts[0]["data"];
    assert_eq!((facts.len(), &data["hour"], &data["deviceId"]), (1, &json!("2026-11-29T10:00:00Z"), &json!(device.id)));
    let hour = &data["sensors"][0];
    assert_eq!((&hour["count"], &hour["sum"], &hour["last"]), (&json!(2), &json!(50_500), &json!(25_500)));
    assert_eq!(
        (&hour["sensorId"], &hour["parameter"], &hour["unit"]),
        (&json!(sensor), &json!("temperature"), &json!("celsius"))
    );
    // The next batch takes the event away, and no bucket keeps it.
    assert_eq!(send(&[("2026-11-29T11:20:00Z", "26.0")]).await, (1, 0, 0));
    assert_eq!(told(&reef, "aquariums.readings_summarized").await, Vec::<Value>::new());
    assert_eq!(send(&[("2026-11-29T10:40:00Z", "25.0")]).await, (1, 0, 0));
    assert_eq!(told(&reef, "aquariums.readings_summarized").await, Vec::<Value>::new());
    // A device that was offline sends several hours at once.
    send(&[("2026-11-29T11:30:00Z", "26.0"), ("2026-11-29T12:00:00Z", "26.0")]).await;
    assert_eq!(told(&reef, "aquariums.readings_summarized").await[0]["data"]["hour"], "2026-11-29T11:00:00Z");
}

/// The summaries of days, as the data export shows them, by their dates.
async fn days(reef: &Reef) -> Vec<(String, u64, String)> {
    let table = reef.table.of::<Aquariums>();
    let prefix = dynamo::Key::new("user", reef.owner.id, "day#");
    let page = table.list_strong::<DaySummary>(prefix, false, 100, None).await.unwrap();
    let shown = |read: dynamo::Versioned<DaySummary>| {
        let sensor = &read.value.sensors[0];
        (read.value.date.clone(), sensor.count, sensor.max.clone().unwrap())
    };
    page.items.into_iter().map(shown).collect()
}

#[tokio::test]
async fn a_day_is_summarized_for_the_export_once_it_has_ended_and_again_after_late_samples() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let send = async |samples: &[(&str, &str)]| {
        let samples: Vec<_> = samples.iter().map(|(time, value)| (sensor.as_str(), at(time), *value)).collect();
        counts(&reef.record(&device.key, &samples).await)
    };
    reef.clock.advance(std::time::Duration::from_hours(48));
    send(&[("2026-11-28T10:10:00Z", "25"), ("2026-11-28T23:59:00Z", "26")]).await;
    send(&[("2026-11-29T00:00:00Z", "24")]).await;
    assert_eq!(days(&reef).await, []);
    send(&[("2026-11-29T00:01:00Z", "24")]).await;
    let first = ("2026-11-28".to_owned(), 2, "26.000".to_owned());
    assert_eq!(days(&reef).await, std::slice::from_ref(&first));
    // A repetition writes nothing, and a day without samples has no summary.
    send(&[("2026-11-29T00:01:00Z", "24")]).await;
    send(&[("2026-12-01T00:00:00Z", "24")]).await;
    let second = ("2026-11-29".to_owned(), 2, "24.000".to_owned());
    let minutes = async |minutes: std::ops::Range<u32>| {
        for minute in minutes {
            let time = format!("2026-12-01T00:0{minute}:00Z");
            send(&[(time.as_str(), "24")]).await;
        }
    };
    minutes(1..4).await;
    assert_eq!(days(&reef).await, [first, second.clone()]);
    // A late sample is part of it after the next batch, also in a day that had none.
    send(&[("2026-11-28T11:00:00Z", "27"), ("2026-11-30T11:00:00Z", "23")]).await;
    minutes(4..8).await;
    let first = ("2026-11-28".to_owned(), 3, "27.000".to_owned());
    let third = ("2026-11-30".to_owned(), 1, "23.000".to_owned());
    assert_eq!(days(&reef).await, [first, second, third]);
}

/// What the summaries of days say of a sensor: date, number of values, greatest value.
async fn days_of(reef: &Reef, sensor: &str) -> Vec<(String, u64, String)> {
    let table = reef.table.of::<Aquariums>();
    let prefix = dynamo::Key::new("user", reef.owner.id, "day#");
    let page = table.list_strong::<DaySummary>(prefix, false, 100, None).await.unwrap();
    let of_sensor = |read: dynamo::Versioned<DaySummary>| {
        let DaySummary { date, sensors, .. } = read.value;
        let day = sensors.into_iter().find(|day| day.sensor_id.to_string() == sensor);
        day.map(|day| (date, day.count, day.max.unwrap()))
    };
    page.items.into_iter().filter_map(of_sensor).collect()
}

#[tokio::test]
async fn what_deleted_sensors_and_devices_measured_stays_in_the_summaries_of_days() {
    let reef = Reef::start().await;
    let (device, kept) = probe(&reef).await;
    let deleted = reef.sensor(Some(&device)).await;
    let send = async |samples: &[(&str, &str, &str)]| {
        let samples: Vec<_> = samples.iter().map(|(sensor, time, value)| (*sensor, at(time), *value)).collect();
        counts(&reef.record(&device.key, &samples).await)
    };
    let both = async |time: &str, values: [&str; 2]| {
        send(&[(kept.as_str(), time, values[0]), (deleted.as_str(), time, values[1])]).await
    };
    let day = |date: &str, count: u64, max: &str| (date.to_owned(), count, max.to_owned());
    reef.clock.advance(std::time::Duration::from_hours(48));
    both("2026-11-28T10:00:00Z", ["25", "26"]).await;
    both("2026-11-29T10:00:00Z", ["24", "22"]).await;
    both("2026-11-29T11:00:00Z", ["24", "23"]).await;
    // The last day has not ended, and its last hour is not in a bucket yet.
    let reply = reef.call(&reef.owner, "DELETE", &format!("sensors/{deleted}"), None).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    let measured = [day("2026-11-28", 1, "26.000"), day("2026-11-29", 2, "23.000")];
    assert_eq!(days_of(&reef, &deleted).await, measured);
    // A late sample lets both days be summarized again. Its bucket loses the samples of the deleted sensor.
    send(&[(kept.as_str(), "2026-11-28T10:30:00Z", "27")]).await;
    for minute in 0..6 {
        send(&[(kept.as_str(), format!("2026-12-01T00:0{minute}:00Z").as_str(), "24")]).await;
    }
    assert_eq!(days_of(&reef, &deleted).await, measured);
    let ended = [day("2026-11-28", 2, "27.000"), day("2026-11-29", 2, "24.000")];
    assert_eq!(days_of(&reef, &kept).await, ended);
    // The day on which a device is deleted.
    let reply = reef.call(&reef.owner, "DELETE", &format!("devices/{}", device.id), None).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    let [first, second] = ended;
    assert_eq!(days_of(&reef, &kept).await, [first, second, day("2026-12-01", 6, "24.000")]);
    assert_eq!(days_of(&reef, &deleted).await, measured);
}

#[tokio::test]
async fn buckets_are_kept_as_long_as_the_plan_says_when_they_are_written() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let table = reef.table.of::<Aquariums>();
    let plan = async |days: u16| {
        let store = aquariums::store::Store::new(table.clone());
        assert!(store.keep_retention(reef.aquarium, &Retention::of(days)).await.unwrap());
    };
    let send = async |time: &str| counts(&reef.record(&device.key, &[(sensor.as_str(), at(time), "25")]).await);
    send("2026-11-29T09:10:00Z").await;
    send("2026-11-29T10:10:00Z").await;
    plan(400).await;
    send("2026-11-29T11:10:00Z").await;
    plan(30).await;
    send("2026-11-29T12:00:00Z").await;
    let mut days = numbers(&reef, "samples#", "r").await;
    days.sort_unstable();
    assert_eq!(days, [30, 30, 400]);
    // A late sample does not shorten what the larger plan has promised.
    send("2026-11-29T10:20:00Z").await;
    assert_eq!(numbers(&reef, "samples#", "r").await.iter().max(), Some(&400));
    let expiry = numbers(&reef, "samples#", "expires_at").await.into_iter().max().unwrap();
    assert_eq!(expiry, at("2026-11-29T10:00:00Z").as_second() + 402 * 86_400);
    // After a month the samples of the smaller plan are gone, and the others are shown.
    reef.clock.advance(std::time::Duration::from_hours(24 * 31));
    let span = "from=2026-11-29T08:00:00Z&to=2026-11-29T11:00:00Z&resolution=raw";
    let series = reef.series(&format!("sensor={sensor}&{span}")).await;
    let shown: Vec<_> = series.body["points"].as_array().unwrap().iter().map(|point| point["at"].clone()).collect();
    assert_eq!(shown, ["2026-11-29T10:10:00.000Z", "2026-11-29T10:20:00.000Z"]);
}

#[tokio::test]
async fn a_deleted_keeper_leaves_no_trace_in_the_devices_whose_keys_they_had() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    // One that the keeper created, and one whose key they replaced twice.
    let created = reef.call(&reef.keeper, "POST", "devices", Some(&json!({ "name": "N" }))).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let path = format!("devices/{}/key", device.id);
    let mut key = String::new();
    for _ in 0..2 {
        let rotated = reef.call(&reef.keeper, "POST", &path, None).await;
        assert_eq!(rotated.status, 200, "{}", rotated.body);
        key = rotated.body["key"].as_str().unwrap().to_owned();
    }
    // The share as it is made with the membership.
    let access = reef.table.of::<Aquariums>();
    let read = access.get::<Access>(access_key(&reef), dynamo::Read::Strong).await.unwrap().unwrap();
    let next = read.value.without(reef.keeper.id).unwrap();
    access.replace(&read, next, &Outbox::none()).await.unwrap();
    let fact = UserDeleted { user_id: reef.keeper.id };
    let gone =
        Envelope::new(EventId::generate(), reef.clock.now(), "c".to_owned(), Actor::System, fact).erase().unwrap();
    let forget = aquariums::consumers::forget_user::forget_user;
    finished(forget(reef.consumer, gone, Deadline::never()).await).unwrap();
    let items = reef.table.items().await;
    let left = items.iter().filter(|item| item["sk"].as_s().unwrap() != "forgotten");
    let left: Vec<_> = left.filter(|item| format!("{item:?}").contains(&reef.keeper.id.to_string())).collect();
    assert!(left.is_empty(), "{left:?}");
    let sample = [(sensor.as_str(), reef.clock.now(), "25")];
    assert_eq!(refusal(&reef.record(&key, &sample).await), (401, "auth.key_invalid"));
    let rotated = reef.call(&reef.owner, "POST", &path, None).await;
    assert_eq!(counts(&reef.record(rotated.body["key"].as_str().unwrap(), &sample).await), (1, 0, 0));
}

fn access_key(reef: &Reef) -> dynamo::Key<Aquariums> {
    dynamo::Key::new("aquarium", reef.aquarium, "access")
}

#[tokio::test]
async fn a_device_changes_past_hours_a_bounded_number_of_times_per_day() {
    let reef = Reef::start().await;
    let (device, sensor) = probe(&reef).await;
    let record = async |at: Timestamp| reef.record(&device.key, &[(sensor.as_str(), at, "25")]).await;
    let now = reef.clock.now();
    record(now).await;
    let late = |second: i64| now - SignedDuration::from_hours(2) - SignedDuration::from_secs(second);
    assert_eq!(counts(&record(late(0)).await), (1, 0, 0));
    // All requests of the day but one.
    let (table, id) = (reef.table.of::<Aquariums>(), device.id.parse::<types::DeviceId>().unwrap());
    let head = table.get::<DeviceHead>(dynamo::Key::new("device", id, "head"), dynamo::Read::Strong).await;
    let head = head.unwrap().unwrap();
    let uses = head.value.past_uses.unwrap();
    assert_eq!(uses.count, 1);
    let past_uses = Some(PastUses { count: aquariums::domain::limits::PAST_HOURS.max() - 1, ..uses });
    table.replace(&head, DeviceHead { past_uses, ..head.value.clone() }, &Outbox::none()).await.unwrap();
    assert_eq!(counts(&record(late(1)).await), (1, 0, 0));
    assert_eq!(refusal(&record(late(2)).await), (429, "request.limit_exceeded"));
    // A sample of the open hour is recorded beside a late one that is refused.
    let newest = now + SignedDuration::from_secs(1);
    let both = reef.record(&device.key, &[(&sensor, late(2), "25"), (&sensor, newest, "25")]).await;
    assert_eq!(refusal(&both), (429, "request.limit_exceeded"));
    assert_eq!(counts(&record(newest).await), (0, 1, 0));
    // Repetitions and samples of the open hour change no past hour.
    assert_eq!(counts(&record(late(0)).await), (0, 1, 0));
    assert_eq!(counts(&record(now - SignedDuration::from_secs(1)).await), (1, 0, 0));
    reef.clock.advance(std::time::Duration::from_hours(12));
    assert_eq!(counts(&record(late(2)).await), (1, 0, 0));
}
