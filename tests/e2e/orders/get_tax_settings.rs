//! `GET /v1/commerce/settings/taxes`

use tests::Cloud;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn managers_see_the_tax_settings() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let path = "/v1/commerce/settings/taxes";
    let shown = call(&cloud, "GET", path, &manager, None).await;
    assert!(shown.header("etag").starts_with('"'));
    assert!(shown.expect(200)["rates"].is_array());
    refuses_strangers(&cloud, "GET", path, None).await;
}
