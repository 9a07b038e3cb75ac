//! `DELETE /v1/aquarium/aquariums/{id}/devices/{deviceId}`

use serde_json::json;

use super::readings_support::Tank;

#[tokio::test]
async fn a_deleted_device_takes_its_sensors_and_its_key_with_it() {
    let tank = Tank::new().await;
    let (id, key) = tank.device().await;
    let sensor = tank.sensor(Some(&id)).await;
    let path = format!("devices/{id}");
    tank.is_closed("DELETE", &path, None).await;
    assert_eq!(tank.call("DELETE", &path).send().await.status, 204);
    tank.call("DELETE", &path).send().await.expect_problem(404, "aquariums.no_such_device");
    let body = json!({ "samples": [{ "sensorId": sensor, "at": jiff::Timestamp::now(), "value": "25" }] });
    let reply = tank.cloud.post("/v1/aquarium/readings").header("x-api-key", &key).json(&body).send().await;
    reply.expect_problem(401, "auth.key_invalid");
    let sensors = tank.call("GET", "sensors").send().await.expect(200);
    assert!(sensors["items"].as_array().unwrap().is_empty());
}
