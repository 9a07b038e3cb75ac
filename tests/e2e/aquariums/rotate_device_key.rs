//! `POST /v1/aquarium/aquariums/{id}/devices/{deviceId}/key`

use serde_json::json;
use types::Uuid;

use super::readings_support::Tank;
use super::support::{accept, invite, member};

#[tokio::test]
async fn a_new_key_ends_the_former_one() {
    let tank = Tank::new().await;
    let (id, former) = tank.device().await;
    let sensor = tank.sensor(Some(&id)).await;
    let path = format!("devices/{id}/key");
    let rotated = tank.call("POST", &path).send().await.expect(200);
    assert_eq!(tank.record(rotated["key"].as_str().unwrap(), &sensor, "25.1").await["stored"], 1);
    let body = json!({ "samples": [{ "sensorId": sensor, "at": jiff::Timestamp::now(), "value": "25" }] });
    let reply = tank.cloud.post("/v1/aquarium/readings").header("x-api-key", &former).json(&body).send().await;
    reply.expect_problem(401, "auth.key_invalid");
    tank.is_closed("POST", &path, None).await;
    let nowhere = tank.call("POST", &format!("devices/{}/key", Uuid::now_v7())).send().await;
    nowhere.expect_problem(404, "aquariums.no_such_device");
}

#[tokio::test]
async fn a_key_stays_refused_after_its_keeper_left_and_came_back() {
    let tank = Tank::new().await;
    let (id, _) = tank.device().await;
    let sensor = tank.sensor(Some(&id)).await;
    let keeper = member(&tank.cloud, &tank.path, &tank.owner, "keeper").await;
    let rotate = async || tank.call_of(&keeper, "POST", &format!("devices/{id}/key")).send().await.expect(200);
    let former = rotate().await["key"].as_str().unwrap().to_owned();
    assert_eq!(tank.record(&former, &sensor, "25.1").await["stored"], 1);
    let removed = tank.call("DELETE", &format!("members/{}", keeper.id)).send().await;
    assert_eq!(removed.status, 204);
    let code = invite(&tank.cloud, &tank.path, &tank.owner, "keeper").await;
    assert_eq!(accept(&tank.cloud, &keeper, &code).await.status, 200);
    let body = json!({ "samples": [{ "sensorId": sensor, "at": jiff::Timestamp::now(), "value": "25" }] });
    let reply = tank.cloud.post("/v1/aquarium/readings").header("x-api-key", &former).json(&body).send().await;
    reply.expect_problem(401, "auth.key_invalid");
    // The first sample may be of the same second: another value for it would be a conflict.
    let recorded = tank.record(rotate().await["key"].as_str().unwrap(), &sensor, "25.1").await;
    assert_eq!(recorded["conflicts"], 0);
}
