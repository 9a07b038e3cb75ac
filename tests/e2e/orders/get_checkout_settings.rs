//! `GET /v1/commerce/settings/checkout`.

use tests::Cloud;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn managers_read_the_checkout_settings() {
    let cloud = &Cloud::connect().await;
    let manager = cloud.manager().await;
    let settings = call(cloud, "GET", "/v1/commerce/settings/checkout", &manager, None).await.expect(200);
    assert_eq!(settings["isOpen"], true);
    refuses_strangers(cloud, "GET", "/v1/commerce/settings/checkout", None).await;
}
