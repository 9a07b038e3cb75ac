//! `GET /v1/aquarium/aquariums/{id}/alarm-rules`

use super::alarms_support::Alarming;

#[tokio::test]
async fn rules_are_listed() {
    let Alarming { tank, rule, .. } = Alarming::new().await;
    let rules = tank.call("GET", "alarm-rules").send().await.expect(200);
    let path = format!("alarm-rules/{}", rules["items"][0]["id"].as_str().unwrap());
    assert_eq!((path, rules["items"].as_array().unwrap().len()), (rule, 1));
    tank.is_closed("GET", "alarm-rules", None).await;
}
