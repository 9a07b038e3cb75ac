//! `GET /v1/aquarium/aquariums/{id}/readings`

use jiff::{SignedDuration, Timestamp};

use super::readings_support::Tank;

#[tokio::test]
async fn a_series_has_the_recorded_values_in_each_resolution() {
    let tank = Tank::new().await;
    let (id, key) = tank.device().await;
    let sensor = tank.sensor(Some(&id)).await;
    tank.record(&key, &sensor, "25.31").await;
    let now = Timestamp::now();
    let (from, to) = (now - SignedDuration::from_hours(1), now + SignedDuration::from_hours(1));
    for resolution in ["raw", "15m", "hour", "day"] {
        let path = format!("readings?sensor={sensor}&from={from}&to={to}&resolution={resolution}");
        let series = tank.call("GET", &path).send().await.expect(200);
        assert_eq!((&series["points"][0]["mean"], &series["points"][0]["count"]), (&"25.310".into(), &1.into()));
    }
    let path = format!("readings?sensor={sensor}&from={from}&to={to}");
    tank.is_closed("GET", &path, None).await;
    let reply = tank.call("GET", &format!("readings?sensor={sensor}&from={to}&to={from}")).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "to");
    let gone = tank.call("GET", &format!("readings?sensor={id}&from={from}&to={to}")).send().await;
    gone.expect_problem(404, "aquariums.no_such_sensor");
}
