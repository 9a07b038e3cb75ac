//! `GET /v1/commerce/customers/{userId}/group`

use tests::Cloud;
use types::Uuid;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/commerce/customers/{}/group", Uuid::now_v7());
    let reply = cloud.call("GET", &path).bearer(&user.access_token).send().await;
    reply.expect_problem(404, "orders.no_such_customer_group");
}
