//! `PATCH /v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}`

use serde_json::json;

use super::alarms_support::Alarming;

#[tokio::test]
async fn another_limit_ends_the_open_alarm() {
    let alarming = Alarming::new().await;
    let alarm = alarming.fire().await;
    let Alarming { tank, rule, .. } = &alarming;
    let body = json!({ "limit": { "value": "30", "unit": "celsius" } });
    let update = |tag: &str| tank.call("PATCH", rule).header("if-match", tag).json(&body);
    let updated = update("\"1\"").send().await.expect(200);
    assert_eq!(updated["limit"], body["limit"]);
    assert_eq!(tank.call("GET", &alarm).send().await.expect(200)["status"], "ended");
    update("\"1\"").send().await.expect_problem(412, "request.version_changed");
    tank.call("PATCH", rule).json(&body).send().await.expect_problem(428, "request.if_match_missing");
}

#[tokio::test]
async fn what_the_server_decides_is_not_read_from_the_body() {
    let alarming = Alarming::new().await;
    alarming.is_closed("PATCH", Some(&json!({ "forSeconds": 60 }))).await;
    let Alarming { tank, rule, .. } = &alarming;
    let reply = tank.call("PATCH", rule).header("if-match", "\"1\"").json(&json!({ "since": 1 })).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "since");
}
