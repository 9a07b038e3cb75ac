//! `POST /v1/aquarium/aquariums/{id}/sensors/{sensorId}/calibrations`

use serde_json::json;

use super::readings_support::Tank;

#[tokio::test]
async fn a_calibration_has_points_with_different_raw_values() {
    let tank = Tank::new().await;
    let path = format!("sensors/{}/calibrations", tank.sensor(None).await);
    let body = json!({ "points": [{ "raw": "24", "reference": "25" }, { "raw": "29", "reference": "30" }] });
    let sensor = tank.call("POST", &path).json(&body).send().await.expect(200);
    assert_eq!(sensor["calibrations"][0]["points"][1]["reference"], "30.000");
    tank.is_closed("POST", &path, Some(&body)).await;
    let equal = json!({ "points": [{ "raw": "24", "reference": "25" }, { "raw": "24", "reference": "30" }] });
    let reply = tank.call("POST", &path).json(&equal).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "points");
}
