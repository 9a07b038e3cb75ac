//! `POST /v1/aquarium/aquariums/{id}/alarms/{episodeId}/acknowledgement`

use tests::eventually;

use super::alarms_support::Alarming;

#[tokio::test]
async fn an_alarm_notifies_members_and_is_acknowledged() {
    let alarming = Alarming::new().await;
    let path = alarming.fire().await;
    let tank = &alarming.tank;
    let notice = eventually("the notification", async || {
        let inbox = tank.cloud.get("/v1/notifications").bearer(&tank.owner.access_token).send().await.expect(200);
        let items = inbox["items"].as_array()?.clone();
        items.into_iter().find(|item| item["kind"] == "water_alarm")
    })
    .await;
    assert_eq!(format!("alarms/{}", notice["data"]["episodeId"].as_str().unwrap()), path);
    assert!(notice["title"].as_str().unwrap().contains("Too warm"), "{notice}");
    let acknowledgement = format!("{path}/acknowledgement");
    tank.is_closed("POST", &acknowledgement, None).await;
    let first = tank.call("POST", &acknowledgement).send().await.expect(200);
    let again = tank.call("POST", &acknowledgement).send().await.expect(200);
    assert_eq!(first, again);
    assert!(first["acknowledgedAt"].is_string());
}
