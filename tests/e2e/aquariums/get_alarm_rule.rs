//! `GET /v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}`

use types::Uuid;

use super::alarms_support::Alarming;

#[tokio::test]
async fn a_rule_is_shown_to_members() {
    let Alarming { tank, rule, sensor, .. } = Alarming::new().await;
    let shown = tank.call("GET", &rule).send().await.expect(200);
    assert_eq!(shown["sensorIds"][0], sensor.as_str());
    tank.is_closed("GET", &rule, None).await;
    let unknown = tank.call("GET", &format!("alarm-rules/{}", Uuid::now_v7())).send().await;
    unknown.expect_problem(404, "aquariums.no_such_alarm_rule");
}
