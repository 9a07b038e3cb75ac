//! `GET /v1/commerce/settings/regions`

use tests::Cloud;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn managers_see_the_regions_and_others_do_not() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let shown = call(&cloud, "GET", "/v1/commerce/settings/regions", &manager, None).await;
    assert!(shown.header("etag").starts_with('"') && shown.expect(200)["regions"].is_array());
    refuses_strangers(&cloud, "GET", "/v1/commerce/settings/regions", None).await;
}
