//! `GET /v1/aquarium/aquariums/{id}/alarms`

use super::alarms_support::Alarming;

#[tokio::test]
async fn alarms_are_listed_by_state() {
    let alarming = Alarming::new().await;
    let alarm = alarming.fire().await;
    let tank = &alarming.tank;
    for path in ["alarms", "alarms?state=all&limit=1", "alarms?state=open"] {
        let alarms = tank.call("GET", path).send().await.expect(200);
        assert_eq!(format!("alarms/{}", alarms["items"][0]["id"].as_str().unwrap()), alarm, "{path}");
        tank.is_closed("GET", path, None).await;
    }
    let wrong = tank.call("GET", "alarms?state=closed").send().await;
    wrong.expect_problem(422, "request.invalid");
    assert_eq!(wrong.body["errors"][0]["field"], "state");
}
