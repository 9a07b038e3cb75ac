//! What sensors, devices and readings ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use contracts::aquariums::AquariumKind;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::budget;

use crate::readings_support::{Device, Reef};

#[tokio::test]
async fn sensors_and_devices_keep_to_their_budget() {
    let reef = Reef::start().await;
    let name = json!({ "name": "N" });
    // Access and directory, with the standing. Then the device, its head, the directory; conditions on access and the owner's marker.
    budget("aquariums-create-device", "first", &reef.call(&reef.owner, "POST", "devices", Some(&name)).await);
    let device = reef.device().await;
    let key = format!("devices/{}/key", device.id);
    // The head and the record of the caller's own keys are read at the same time as access, directory and standing.
    budget("aquariums-rotate-device-key", "rotated", &reef.call(&reef.owner, "POST", &key, None).await);
    let body = json!({ "name": "T", "parameter": "temperature", "unit": "celsius", "deviceId": device.id });
    // The owner's sensor and the head of the device are read together with access and directory.
    let created = reef.call(&reef.owner, "POST", "sensors", Some(&body)).await;
    budget("aquariums-create-sensor", "of a device", &created);
    let by_hand = json!({ "name": "T", "parameter": "ph", "unit": "ph" });
    budget("aquariums-create-sensor", "by hand", &reef.call(&reef.owner, "POST", "sensors", Some(&by_hand)).await);
    let sensor = format!("sensors/{}", created.body["id"].as_str().unwrap());
    let points = json!({ "points": [{ "raw": "24", "reference": "25" }, { "raw": "29", "reference": "30" }] });
    let path = format!("{sensor}/calibrations");
    // Access and directory, then the sensor with the head of its device.
    budget("aquariums-create-calibration", "first", &reef.call(&reef.owner, "POST", &path, Some(&points)).await);
    // Access, then a page of the owner's partition.
    budget("aquariums-list-aquarium-devices", "two", &reef.call(&reef.viewer, "GET", "devices", None).await);
    budget("aquariums-list-sensors", "two", &reef.call(&reef.viewer, "GET", "sensors", None).await);
    budget("aquariums-delete-sensor", "of a device", &reef.call(&reef.owner, "DELETE", &sensor, None).await);
    let device = format!("devices/{}", device.id);
    budget("aquariums-delete-device", "without sensors", &reef.call(&reef.owner, "DELETE", &device, None).await);
}

/// Five minutes of a device with eight sensors.
fn minutes(sensors: &[String], from: Timestamp) -> Vec<(&str, Timestamp, &'static str)> {
    let at = |minute: i64| from + SignedDuration::from_mins(minute);
    (0..5).flat_map(|minute| sensors.iter().map(move |sensor| (sensor.as_str(), at(minute), "25.125"))).collect()
}

async fn device_with_eight_sensors(reef: &Reef) -> (Device, Vec<String>) {
    let (device, mut sensors) = (reef.device().await, Vec::new());
    for _ in 0..8 {
        sensors.push(reef.sensor(Some(&device)).await);
    }
    (device, sensors)
}

#[tokio::test]
async fn readings_keep_to_their_budget() {
    let reef = Reef::start().await;
    let (device, sensors) = device_with_eight_sensors(&reef).await;
    let start: Timestamp = "2026-11-29T11:50:00Z".parse().unwrap();
    let record = async |minute: i64| {
        let samples = minutes(&sensors, start + SignedDuration::from_mins(minute));
        reef.record(&device.key, &samples).await
    };
    // The bucket of an hour that the clock has left is read with the head, since the batch may be late.
    budget("aquariums-record-samples", "first", &record(0).await);
    // The head moves the hour to two buckets, of samples and of roll-ups, in one transaction. It has the event of the hour.
    budget("aquariums-record-samples", "hour turns", &record(10).await);
    // One round trip of reads, the head and the access to its aquarium, and one write: the head.
    reef.clock.advance(std::time::Duration::from_mins(10));
    budget("aquariums-record-samples", "five minutes of eight sensors", &record(15).await);
    // The head is as it was, so nothing is written.
    budget("aquariums-record-samples", "repeated", &record(15).await);
    // The bucket of a past hour is replaced, and its roll-ups.
    budget("aquariums-record-samples", "late", &record(-5).await);
    // Access, directory and the newest manual readings; then the heads of all devices and the aquarium, at the same time.
    budget("aquariums-get-latest-readings", "eight sensors", &reef.call(&reef.viewer, "GET", "latest", None).await);
    let series = async |span: &str| reef.series(&format!("sensor={}&{span}", sensors[0])).await;
    // Access and directory, the zone of the aquarium, which lies in the partition of another user, then the head and a query per month.
    // With a time zone, and for the owner, it is one round trip less.
    budget("aquariums-get-series", "samples", &series("from=2026-11-29T11:00:00Z&to=2026-11-29T13:00:00Z").await);
    let month = "from=2026-10-30T00:00:00Z&to=2026-11-30T00:00:00Z&resolution=hour";
    budget("aquariums-get-series", "hours of two months", &series(month).await);
    let zoned = "from=2026-11-29T11:00:00Z&to=2026-11-29T13:00:00Z&timeZone=Europe/Berlin";
    budget("aquariums-get-series", "samples, with a time zone", &series(zoned).await);
    let year = "from=2025-11-30T00:00:00Z&to=2026-11-30T00:00:00Z&resolution=day";
    budget("aquariums-get-series", "days of a year", &series(year).await);
    reef.describe(AquariumKind::Marine).await;
    // Access, directory and the newest manual readings; then the heads of all devices and the aquarium, at the same time.
    budget("aquariums-get-derived-values", "eight sensors", &reef.call(&reef.viewer, "GET", "derived", None).await);
}
