//! `GET /v1/commerce/mobile/home`

use tests::Cloud;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let path = "/v1/commerce/mobile/home";
    let reply = cloud.call("GET", path).send().await;
    reply.expect_problem(404, "storefront.no_such_mobile_home");
}
