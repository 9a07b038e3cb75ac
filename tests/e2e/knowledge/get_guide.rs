//! `GET /v1/aquarium/guides/{id}`

use tests::Cloud;
use types::Uuid;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let path = format!("/v1/aquarium/guides/{}", Uuid::now_v7());
    let reply = cloud.call("GET", &path).send().await;
    reply.expect_problem(404, "knowledge.no_such_guide");
}
