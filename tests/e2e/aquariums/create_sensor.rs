//! `POST /v1/aquarium/aquariums/{id}/sensors`

use serde_json::json;
use types::Uuid;

use super::readings_support::Tank;

#[tokio::test]
async fn a_sensor_measures_a_parameter_in_one_of_its_units() {
    let tank = Tank::new().await;
    let body = json!({ "name": "pH", "parameter": "ph", "unit": "ph" });
    let sensor = tank.call("POST", "sensors").json(&body).send().await.expect(201);
    assert_eq!((&sensor["parameter"], &sensor["deviceId"]), (&json!("ph"), &json!(null)));
    tank.is_closed("POST", "sensors", Some(&body)).await;
    let reply =
        tank.call("POST", "sensors").json(&json!({ "name": "N", "parameter": "nitrate", "unit": "mg_l" })).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "unit");
    let of_nothing = json!({ "name": "T", "parameter": "ph", "unit": "ph", "deviceId": Uuid::now_v7() });
    let reply = tank.call("POST", "sensors").json(&of_nothing).send().await;
    reply.expect_problem(404, "aquariums.no_such_device");
}
