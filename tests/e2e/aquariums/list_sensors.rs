//! `GET /v1/aquarium/aquariums/{id}/sensors`

use super::readings_support::Tank;

#[tokio::test]
async fn sensors_are_listed_with_their_calibrations() {
    let tank = Tank::new().await;
    let sensor = tank.sensor(None).await;
    let sensors = tank.call("GET", "sensors").send().await.expect(200);
    assert_eq!(sensors["items"][0]["id"], sensor.as_str());
    assert!(sensors["items"][0]["calibrations"].as_array().unwrap().is_empty());
    tank.is_closed("GET", "sensors", None).await;
}
