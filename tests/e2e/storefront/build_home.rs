//! `storefront-build-home` on its schedule

use serde_json::json;
use tests::Cloud;

use super::support::{Listed, shown};

#[tokio::test]
async fn a_new_product_is_on_the_home_page_after_the_next_run() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let listed = Listed::create(&cloud, &manager).await;
    cloud.ask("storefront-build-home", &json!({})).await;
    let has = |page: &tests::Reply| {
        page.body["newest"].as_array().is_some_and(|cards| cards.iter().any(|card| card["id"] == listed.product["id"]))
    };
    shown(&cloud, "/v1/commerce/web/home", has).await;
}
