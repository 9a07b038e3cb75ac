//! `POST /v1/aquarium/aquariums/{id}/devices`

use serde_json::json;

use super::readings_support::Tank;

#[tokio::test]
async fn a_device_gets_a_key_that_is_shown_once() {
    let tank = Tank::new().await;
    let body = json!({ "name": "Controller" });
    let create = || {
        let call = tank.cloud.post(&format!("{}/devices", tank.path)).bearer(&tank.owner.access_token);
        call.header("idempotency-key", "a").json(&body)
    };
    let device = create().send().await.expect(201);
    assert!(device["key"].as_str().unwrap().starts_with("atd_"));
    create().send().await.expect_problem(409, "aquariums.device_exists");
    tank.is_closed("POST", "devices", Some(&body)).await;
}

#[tokio::test]
async fn what_the_server_decides_is_not_read_from_the_body() {
    let tank = Tank::new().await;
    let reply = tank.call("POST", "devices").json(&json!({ "name": " ", "key": "atd_x" })).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "key");
}
