//! `storefront-build-catalog-pages` on `catalog.product_published.v1` and others

use serde_json::json;
use tests::Cloud;

use super::support::{Listed, shown};

#[tokio::test]
async fn a_page_follows_title_and_publication_of_its_product() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let listed = Listed::create(&cloud, &manager).await;
    let path = format!("/v1/commerce/products/{}", listed.product["id"].as_str().unwrap());
    let call = |method: &str| cloud.call(method, &path).bearer(&manager.access_token);
    assert_eq!(call("PATCH").json(&json!({ "title": "Boot" })).send().await.status, 200);
    shown(&cloud, &listed.web(), |page| page.body["title"] == "Boot").await;
    assert_eq!(call("DELETE").send().await.status, 204);
    shown(&cloud, &listed.web(), |page| page.status == 404).await;
}
