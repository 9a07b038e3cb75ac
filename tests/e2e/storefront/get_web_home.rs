//! `GET /v1/commerce/web/home`

use tests::Cloud;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let path = "/v1/commerce/web/home";
    let reply = cloud.call("GET", path).send().await;
    reply.expect_problem(404, "storefront.no_such_web_home");
}
