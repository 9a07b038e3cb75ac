//! `DELETE /v1/aquarium/aquariums/{id}/sensors/{sensorId}`

use super::readings_support::Tank;

#[tokio::test]
async fn a_deleted_sensor_is_gone_at_once() {
    let tank = Tank::new().await;
    let path = format!("sensors/{}", tank.sensor(None).await);
    tank.is_closed("DELETE", &path, None).await;
    assert_eq!(tank.call("DELETE", &path).send().await.status, 204);
    tank.call("DELETE", &path).send().await.expect_problem(404, "aquariums.no_such_sensor");
}
