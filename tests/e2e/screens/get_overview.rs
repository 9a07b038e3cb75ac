//! `GET /v1/aquarium/web/overview`

use tests::Cloud;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = "/v1/aquarium/web/overview";
    let reply = cloud.call("GET", path).bearer(&user.access_token).send().await;
    reply.expect_problem(404, "screens.no_such_overview");
}
