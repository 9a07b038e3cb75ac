//! `DELETE /v1/notifications/phone`

use tests::Cloud;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = "/v1/notifications/phone";
    let reply = cloud.call("DELETE", path).bearer(&user.access_token).send().await;
    reply.expect_problem(404, "notifications.no_such_phone");
}
