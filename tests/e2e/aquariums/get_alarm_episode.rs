//! `GET /v1/aquarium/aquariums/{id}/alarms/{episodeId}`

use serde_json::json;
use types::Uuid;

use super::alarms_support::Alarming;

#[tokio::test]
async fn an_alarm_is_shown_with_its_value() {
    let alarming = Alarming::new().await;
    let path = alarming.fire().await;
    let tank = &alarming.tank;
    let alarm = tank.call("GET", &path).send().await.expect(200);
    assert_eq!((&alarm["status"], &alarm["cause"]), (&json!("open"), &json!("limit")));
    assert_eq!((&alarm["extreme"], &alarm["unit"]), (&json!("29.000"), &json!("celsius")));
    tank.is_closed("GET", &path, None).await;
    let unknown = tank.call("GET", &format!("alarms/{}", Uuid::now_v7())).send().await;
    unknown.expect_problem(404, "aquariums.no_such_alarm_episode");
}
