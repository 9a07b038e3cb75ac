//! `POST /v1/aquarium/aquariums/{id}/alarm-rules`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/aquarium/aquariums/{}/alarm-rules", Uuid::now_v7());
    let reply = cloud.call("POST", &path).bearer(&user.access_token).json(&json!({ "name": "Harbour" })).send().await;
    reply.expect_problem(404, "aquariums.no_such_alarm_rule");
}

#[tokio::test]
async fn what_the_server_decides_is_not_read_from_the_body() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/aquarium/aquariums/{}/alarm-rules", Uuid::now_v7());
    let reply = cloud
        .call("POST", &path)
        .bearer(&user.access_token)
        .json(&json!({ "name": "Harbour", "owner": "me" }))
        .send()
        .await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "owner");
}
