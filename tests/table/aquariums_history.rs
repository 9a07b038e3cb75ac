//! Imported history of devices: once per hour, by whom, and beside recorded samples.

use aquariums::domain::day::DaySummary;
use aquariums::store::Aquariums;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::Reply;
use tests::{Cost, budget};

use crate::readings_support::{Device, Person, Reef, counts, refusal};

fn hours_ago(reef: &Reef, hours: i64) -> Timestamp {
    reef.clock.now() - SignedDuration::from_hours(hours)
}

/// Values of a sensor, one per hour from so many days ago.
fn values(reef: &Reef, sensor: &str, days: i64, hours: i64, value: &str) -> Value {
    let sample = |hour: i64| json!({ "sensorId": sensor, "at": hours_ago(reef, 24 * days - hour), "value": value });
    json!({ "samples": (0..hours).map(sample).collect::<Vec<_>>() })
}

async fn import(reef: &Reef, person: &Person, device: &Device, body: &Value) -> Reply {
    reef.call(person, "POST", &format!("devices/{}/history", device.id), Some(body)).await
}

fn imported(reply: &Reply) -> (u64, u64, u64) {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let count = |name: &str| reply.body[name].as_u64().unwrap();
    (count("importedHours"), count("existingHours"), count("ignored"))
}

async fn set() -> (Reef, Device, String) {
    let reef = Reef::start_with_conflicts().await;
    let device = reef.device().await;
    let sensor = reef.sensor(Some(&device)).await;
    (reef, device, sensor)
}

#[tokio::test]
async fn budget_of_an_import() {
    let (reef, device, sensor) = set().await;
    let reply = import(&reef, &reef.owner, &device, &values(&reef, &sensor, 60, 96, "25.5")).await;
    assert_eq!(imported(&reply), (96, 0, 0));
    // The hours; then their days: one read, a query for each, and one transaction.
    budget("aquariums-import-history", "96 hours", Cost::from(&reply));
}

#[tokio::test]
async fn imported_days_are_summarized_for_the_export_also_by_a_repeated_request() {
    let (reef, device, sensor) = set().await;
    let body = values(&reef, &sensor, 60, 48, "25.5");
    assert_eq!(imported(&import(&reef, &reef.keeper, &device, &body).await), (48, 0, 0));
    let table = reef.table.of::<Aquariums>();
    let days = async || {
        let prefix = dynamo::Key::new("user", reef.owner.id, "day#");
        table.list_strong::<DaySummary>(prefix, false, 100, None).await.unwrap().items
    };
    // From noon, over two midnights.
    let found = days().await;
    let counts: Vec<_> = found.iter().map(|read| read.value.sensors[0].count).collect();
    assert_eq!((counts.len(), counts.iter().sum::<u64>()), (3, 48), "{counts:?}");
    // As if the request had been killed before it wrote them.
    for read in found.clone() {
        table.remove(read).await.unwrap();
    }
    assert_eq!(imported(&import(&reef, &reef.owner, &device, &body).await), (0, 48, 0));
    let values = |days: Vec<dynamo::Versioned<DaySummary>>| days.into_iter().map(|read| read.value).collect::<Vec<_>>();
    assert_eq!(values(days().await), values(found));
}

#[tokio::test]
async fn an_hour_is_imported_once_however_many_try() {
    let (reef, device, sensor) = set().await;
    let bodies = ["25.1", "25.2", "25.3"].map(|value| values(&reef, &sensor, 60, 3, value));
    let replies = join_all(bodies.iter().map(|body| import(&reef, &reef.keeper, &device, body))).await;
    let mut sum = 0;
    for reply in &replies {
        let (new, existing, _) = imported(reply);
        assert_eq!(new + existing, 3);
        sum += new;
    }
    assert_eq!(sum, 3);
}

#[tokio::test]
async fn the_open_hour_of_a_silent_device_is_not_imported() {
    let (reef, device, sensor) = set().await;
    let recorded = reef.record(&device.key, &[(&sensor, reef.clock.now(), "25.5")]).await;
    assert_eq!(counts(&recorded), (1, 0, 0));
    reef.clock.advance(std::time::Duration::from_hours(24 * 40));
    // The hour of the sample, and the next one.
    let reply = import(&reef, &reef.owner, &device, &values(&reef, &sensor, 40, 2, "26.5")).await;
    assert_eq!(imported(&reply), (1, 1, 0));
    // The next batch moves the hour to its buckets.
    let recorded = reef.record(&device.key, &[(&sensor, reef.clock.now(), "25.5")]).await;
    assert_eq!(counts(&recorded), (1, 0, 0));
}

#[tokio::test]
async fn only_keepers_import_and_only_to_a_device_of_the_aquarium() {
    let (reef, device, sensor) = set().await;
    let body = values(&reef, &sensor, 60, 3, "25.5");
    let refused = import(&reef, &reef.viewer, &device, &body).await;
    assert_eq!(refusal(&refused), (403, "aquariums.role_too_low"));
    let refused = import(&reef, &reef.stranger, &device, &body).await;
    assert_eq!(refusal(&refused), (404, "aquariums.no_such_aquarium"));
    let other = Device { id: types::DeviceId::generate().to_string(), key: String::new() };
    let refused = import(&reef, &reef.owner, &other, &body).await;
    assert_eq!(refusal(&refused), (404, "aquariums.no_such_device"));
}

#[tokio::test]
async fn history_ends_before_what_a_device_can_record_and_counts_no_suspect_values() {
    let (reef, device, sensor) = set().await;
    for (days, rule) in [(31, "must be more than 31 days ago"), (401, "must be at most 400 days ago")] {
        let refused = import(&reef, &reef.owner, &device, &values(&reef, &sensor, days, 1, "25.5")).await;
        assert_eq!(refusal(&refused), (422, "request.invalid"));
        assert!(refused.body["errors"][0]["message"].as_str().unwrap().starts_with(rule), "{}", refused.body);
    }
    let recorded = reef.record(&device.key, &[(&sensor, hours_ago(&reef, 24 * 29), "25.5")]).await;
    assert_eq!(counts(&recorded), (1, 0, 0));
    let suspect = import(&reef, &reef.owner, &device, &values(&reef, &sensor, 60, 2, "85.0")).await;
    assert_eq!(imported(&suspect), (0, 0, 2));
    let lost = import(&reef, &reef.owner, &device, &values(&reef, &sensor, 60, 2, "0")).await;
    assert_eq!(imported(&lost), (0, 0, 2));
    let many = import(&reef, &reef.owner, &device, &values(&reef, &sensor, 60, 97, "25.5")).await;
    assert_eq!(refusal(&many), (422, "aquariums.too_many_hours"));
}
