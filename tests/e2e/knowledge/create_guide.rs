//! `POST /v1/aquarium/guides`

use serde_json::json;
use tests::Cloud;

#[tokio::test]
async fn what_was_understood_is_answered() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = "/v1/aquarium/guides";
    let reply = cloud.call("POST", path).bearer(&user.access_token).json(&json!({ "name": "Harbour" })).send().await;
    assert_eq!(reply.expect(200), json!({ "name": "Harbour" }));
}

#[tokio::test]
async fn what_the_server_decides_is_not_read_from_the_body() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = "/v1/aquarium/guides";
    let reply = cloud
        .call("POST", path)
        .bearer(&user.access_token)
        .json(&json!({ "name": "Harbour", "owner": "me" }))
        .send()
        .await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "owner");
}
