//! `GET /v1/aquarium/aquariums/{id}/alarms`

use tests::Cloud;
use types::Uuid;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/aquarium/aquariums/{}/alarms", Uuid::now_v7());
    let reply = cloud.call("GET", &path).bearer(&user.access_token).send().await;
    reply.expect_problem(404, "aquariums.no_such_alarms");
}
