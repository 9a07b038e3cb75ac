//! `GET /v1/commerce/settings/checkout`

use tests::Cloud;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = "/v1/commerce/settings/checkout";
    let reply = cloud.call("GET", path).bearer(&user.access_token).send().await;
    reply.expect_problem(404, "orders.no_such_checkout_settings");
}
