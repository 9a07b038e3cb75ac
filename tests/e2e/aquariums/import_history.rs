//! `POST /v1/aquarium/aquariums/{id}/devices/{deviceId}/history`

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use types::Uuid;

use super::readings_support::Tank;

fn history(sensor: &str) -> Value {
    let start = Timestamp::now() - SignedDuration::from_hours(24 * 60);
    let samples = (0..3).map(|hour| {
        let at = start + SignedDuration::from_hours(hour);
        json!({ "sensorId": sensor, "at": at, "value": "25.5" })
    });
    json!({ "samples": samples.collect::<Vec<_>>() })
}

#[tokio::test]
async fn history_is_imported_once_and_shown_in_the_series() {
    let tank = Tank::new().await;
    let (device, _) = tank.device().await;
    let sensor = tank.sensor(Some(&device)).await;
    let (path, body) = (format!("devices/{device}/history"), history(&sensor));
    tank.is_closed("POST", &path, Some(&body)).await;
    let imported = tank.call("POST", &path).json(&body).send().await.expect(200);
    assert_eq!(imported, json!({ "importedHours": 3, "existingHours": 0, "ignored": 0 }));
    let again = tank.call("POST", &path).json(&body).send().await.expect(200);
    assert_eq!(again, json!({ "importedHours": 0, "existingHours": 3, "ignored": 0 }));
    let (from, to) = (Timestamp::now() - SignedDuration::from_hours(24 * 62), Timestamp::now());
    let series = format!("readings?sensor={sensor}&from={from}&to={to}&resolution=day");
    let series = tank.call("GET", &series).send().await.expect(200);
    let counts = series["points"].as_array().unwrap().iter().map(|point| point["count"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), 3, "{series}");
}

#[tokio::test]
async fn what_a_device_can_record_is_no_history() {
    let tank = Tank::new().await;
    let (device, _) = tank.device().await;
    let sensor = tank.sensor(Some(&device)).await;
    let new = json!({ "samples": [{ "sensorId": sensor, "at": Timestamp::now(), "value": "25.5" }] });
    let refused = tank.call("POST", &format!("devices/{device}/history")).json(&new).send().await;
    refused.expect_problem(422, "request.invalid");
    assert_eq!(refused.body["errors"][0]["field"], "samples[0].at");
    let elsewhere = format!("devices/{}/history", Uuid::now_v7());
    let missing = tank.call("POST", &elsewhere).json(&history(&sensor)).send().await;
    missing.expect_problem(404, "aquariums.no_such_device");
}
