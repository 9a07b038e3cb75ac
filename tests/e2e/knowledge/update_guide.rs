//! `PATCH /v1/aquarium/guides/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/aquarium/guides/{}", Uuid::now_v7());
    let reply = cloud.call("PATCH", &path).bearer(&user.access_token).json(&json!({ "name": "Harbour" })).send().await;
    reply.expect_problem(404, "knowledge.no_such_guide");
}

#[tokio::test]
async fn what_the_server_decides_is_not_read_from_the_body() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/aquarium/guides/{}", Uuid::now_v7());
    let reply = cloud
        .call("PATCH", &path)
        .bearer(&user.access_token)
        .json(&json!({ "name": "Harbour", "owner": "me" }))
        .send()
        .await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "owner");
}
