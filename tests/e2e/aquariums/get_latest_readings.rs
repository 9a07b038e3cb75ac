//! `GET /v1/aquarium/aquariums/{id}/latest`

use super::readings_support::Tank;

#[tokio::test]
async fn the_newest_plausible_value_of_each_sensor_is_shown() {
    let tank = Tank::new().await;
    let (id, key) = tank.device().await;
    let sensor = tank.sensor(Some(&id)).await;
    tank.record(&key, &sensor, "25.31").await;
    let latest = tank.call("GET", "latest").send().await.expect(200);
    assert_eq!((&latest["items"][0]["sensorId"], &latest["items"][0]["value"]), (&sensor.into(), &"25.310".into()));
    tank.is_closed("GET", "latest", None).await;
}
