//! `PUT /v1/aquarium/aquariums/{id}/quiet`

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::alarms_support::Alarming;

#[tokio::test]
async fn no_alarm_begins_in_quiet_times() {
    let Alarming { tank, key, sensor, .. } = Alarming::new().await;
    let body = json!({ "until": Timestamp::now() + SignedDuration::from_hours(1) });
    tank.is_closed("PUT", "quiet", Some(&body)).await;
    let quiet = tank.call("PUT", "quiet").json(&body).send().await.expect(200);
    assert_eq!((quiet["until"].is_string(), &quiet["timeZone"]), (true, &json!("Europe/Berlin")));
    tank.record(&key, &sensor, "29").await;
    let alarms = tank.call("GET", "alarms").send().await.expect(200);
    assert_eq!(alarms["items"].as_array().map(Vec::len), Some(0));
    let daily = json!({ "daily": [{ "from": "18:00", "to": "18:15" }] });
    let quiet = tank.call("PUT", "quiet").json(&daily).send().await.expect(200);
    assert_eq!((&quiet["until"], &quiet["daily"]), (&Value::Null, &daily["daily"]));
    let wrong = json!({ "until": Timestamp::now() + SignedDuration::from_hours(25) });
    let reply = tank.call("PUT", "quiet").json(&wrong).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "until");
}
