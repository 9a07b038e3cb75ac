//! `GET /v1/commerce/backoffice/orders/{id}`

use tests::Cloud;
use types::Uuid;

#[tokio::test]
async fn an_order_is_for_the_staff_only() {
    let cloud = Cloud::connect().await;
    let path = format!("/v1/commerce/backoffice/orders/{}", Uuid::now_v7());
    cloud.call("GET", &path).send().await.expect_problem(401, "auth.token_missing");
    let stranger = cloud.sign_up().await;
    let refused = cloud.call("GET", &path).bearer(&stranger.access_token).send().await;
    refused.expect_problem(403, "auth.forbidden");
    let manager = cloud.manager().await;
    let unknown = cloud.call("GET", &path).bearer(&manager.access_token).send().await;
    unknown.expect_problem(404, "storefront.no_such_order");
    let early = cloud.call("GET", &format!("{path}?atLeast=2026-03-14T09:26:53Z")).bearer(&manager.access_token);
    early.send().await.expect_problem(409, "storefront.not_yet");
}
