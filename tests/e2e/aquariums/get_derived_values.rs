//! `GET /v1/aquarium/aquariums/{id}/derived`

use serde_json::json;

use super::readings_support::Tank;

#[tokio::test]
async fn values_are_derived_from_the_latest_readings() {
    let tank = Tank::new().await;
    let (device, key) = tank.device().await;
    let body = json!({ "name": "S", "parameter": "salinity", "unit": "psu", "deviceId": device });
    let sensor = tank.call("POST", "sensors").json(&body).send().await.expect(201);
    let sensor = sensor["id"].as_str().unwrap();
    let nothing = tank.call("GET", "derived").send().await.expect(200);
    assert_eq!(nothing, json!({ "items": [], "leftOut": [] }));
    tank.record(&key, sensor, "35").await;
    let derived = tank.call("GET", "derived").send().await.expect(200);
    let gravity = &derived["items"][0];
    assert_eq!((&gravity["quantity"], &gravity["unit"]), (&"specific_gravity".into(), &"sg".into()));
    assert!(gravity["value"].as_str().unwrap().starts_with("1.026"), "{derived}");
    assert_eq!(gravity["readings"][0]["sensorId"], sensor);
    tank.is_closed("GET", "derived", None).await;
}
