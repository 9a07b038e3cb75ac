//! `GET /v1/commerce/backoffice/dashboard`

use tests::Cloud;

#[tokio::test]
async fn the_staff_sees_figures_and_nobody_else_does() {
    let cloud = Cloud::connect().await;
    let path = "/v1/commerce/backoffice/dashboard";
    let manager = cloud.manager().await;
    let figures = cloud.call("GET", path).bearer(&manager.access_token).send().await.expect(200);
    assert!(figures["openOrders"].is_u64() && figures["revenue"].is_array(), "{figures}");
    cloud.call("GET", path).send().await.expect_problem(401, "auth.token_missing");
    let stranger = cloud.sign_up().await;
    let refused = cloud.call("GET", path).bearer(&stranger.access_token).send().await;
    refused.expect_problem(403, "auth.forbidden");
}
