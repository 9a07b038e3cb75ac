//! `GET /v1/commerce/backoffice/dashboard`

use tests::Cloud;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = "/v1/commerce/backoffice/dashboard";
    let reply = cloud.call("GET", path).bearer(&user.access_token).send().await;
    reply.expect_problem(404, "storefront.no_such_dashboard");
}
