//! `DELETE /v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}`

use super::alarms_support::Alarming;

#[tokio::test]
async fn a_deleted_rule_ends_its_alarm_which_stays_listed() {
    let alarming = Alarming::new().await;
    let alarm = alarming.fire().await;
    alarming.is_closed("DELETE", None).await;
    let Alarming { tank, rule, .. } = &alarming;
    let delete = || tank.call("DELETE", rule).header("if-match", "\"1\"");
    assert_eq!(delete().send().await.status, 204);
    delete().send().await.expect_problem(404, "aquariums.no_such_alarm_rule");
    assert_eq!(tank.call("GET", &alarm).send().await.expect(200)["status"], "ended");
}
