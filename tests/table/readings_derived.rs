//! Values that are derived from the latest readings of an aquarium.

use contracts::aquariums::AquariumKind;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::readings_support::{Device, Reef, counts, refusal};

/// Sensors of un-ionised ammonia in fresh water: ammonia, temperature, pH.
async fn sensors(reef: &Reef, device: &Device) -> Vec<String> {
    let mut sensors = Vec::new();
    for (parameter, unit) in [("ammonia", "mg_l_as_n"), ("temperature", "celsius"), ("ph", "ph")] {
        sensors.push(reef.sensor_of(Some(device), parameter, unit).await);
    }
    sensors
}

async fn derived(reef: &Reef) -> Value {
    let reply = reef.call(&reef.viewer, "GET", "derived", None).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

#[tokio::test]
async fn values_are_derived_from_readings_of_one_hour_with_their_sensors_and_times() {
    let reef = Reef::start().await;
    reef.describe(AquariumKind::Fresh).await;
    let device = reef.device().await;
    let sensors = sensors(&reef, &device).await;
    assert_eq!(derived(&reef).await, json!({ "items": [], "leftOut": [] }));
    let at: Timestamp = "2026-11-29T11:00:00Z".parse().unwrap();
    let record = async |index: usize, at: Timestamp, value: &str| {
        assert_eq!(counts(&reef.record(&device.key, &[(sensors[index].as_str(), at, value)]).await), (1, 0, 0));
    };
    record(0, at, "1").await;
    record(1, at, "25").await;
    let incomplete = derived(&reef).await;
    assert_eq!((&incomplete["items"], &incomplete["leftOut"][0]["missing"]), (&json!([]), &json!(["ph"])));
    record(2, at + SignedDuration::from_secs(3_600), "8").await;
    let found = derived(&reef).await;
    let ammonia = &found["items"][0];
    let value: f64 = ammonia["value"].as_str().unwrap().parse().unwrap();
    assert!((value - 0.053).abs() < 0.005, "{found}");
    assert_eq!((&ammonia["quantity"], &ammonia["unit"]), (&json!("un_ionised_ammonia"), &json!("mg_l_as_n")));
    let last = &ammonia["readings"][2];
    assert_eq!((&last["sensorId"], &last["measuredAt"]), (&json!(sensors[2]), &json!("2026-11-29T12:00:00.000Z")));
    record(2, at + SignedDuration::from_secs(3_601), "8").await;
    let apart = derived(&reef).await;
    assert_eq!((&apart["items"], &apart["leftOut"][0]["reason"]), (&json!([]), &json!("inputs_too_far_apart")));
}

#[tokio::test]
async fn strangers_learn_nothing_of_derived_values() {
    let reef = Reef::start().await;
    reef.describe(AquariumKind::Fresh).await;
    let refused = reef.call(&reef.stranger, "GET", "derived", None).await;
    assert_eq!(refusal(&refused), (404, "aquariums.no_such_aquarium"));
    let anonymous = reef.send("GET", "derived", &[], None).await;
    assert_eq!(refusal(&anonymous), (401, "auth.token_missing"));
}
