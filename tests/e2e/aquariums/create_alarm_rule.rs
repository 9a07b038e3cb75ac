//! `POST /v1/aquarium/aquariums/{id}/alarm-rules`

use serde_json::json;

use super::alarms_support::above;
use super::readings_support::Tank;

#[tokio::test]
async fn a_rule_is_created_as_it_was_entered() {
    let tank = Tank::new().await;
    let (device, _) = tank.device().await;
    let sensor = tank.sensor(Some(&device)).await;
    let body = above(&sensor, "28.0");
    tank.is_closed("POST", "alarm-rules", Some(&body)).await;
    let rule = tank.call("POST", "alarm-rules").json(&body).send().await.expect(201);
    assert_eq!((&rule["limit"], &rule["band"]), (&body["limit"], &body["band"]));
    assert_eq!((&rule["forSeconds"], &rule["clearForSeconds"]), (&json!(0), &json!(600)));
    assert_eq!((&rule["parameter"], &rule["deviceId"]), (&json!("temperature"), &json!(device)));
}

#[tokio::test]
async fn a_rule_needs_a_band_and_sensors_of_a_device() {
    let tank = Tank::new().await;
    let by_hand = tank.sensor(None).await;
    let reply = tank.call("POST", "alarm-rules").json(&above(&by_hand, "28")).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "sensorIds");
    let (device, _) = tank.device().await;
    let mut body = above(&tank.sensor(Some(&device)).await, "28");
    body["band"]["value"] = json!("0");
    let reply = tank.call("POST", "alarm-rules").json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "band");
    body["owner"] = json!("me");
    let reply = tank.call("POST", "alarm-rules").json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "owner");
}
