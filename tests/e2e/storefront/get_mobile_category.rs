//! `GET /v1/commerce/mobile/categories/{slug}`

use tests::{Cloud, new_slug};

use super::support::{Listed, shown};

#[tokio::test]
async fn everybody_sees_the_products_of_a_category() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let listed = Listed::create(&cloud, &manager).await;
    let path = format!("/v1/commerce/mobile/categories/{}?currency=EUR", listed.category);
    let page =
        shown(&cloud, &path, |page| page.status == 200 && page.body["items"][0]["id"] == listed.product["id"]).await;
    assert_eq!((&page.body["title"], &page.body["nextCursor"]), (&"Shoes".into(), &serde_json::Value::Null));
}

#[tokio::test]
async fn a_slug_that_nobody_has_is_not_found() {
    let cloud = Cloud::connect().await;
    let reply = cloud.get(&format!("/v1/commerce/mobile/categories/{}?currency=EUR", new_slug())).send().await;
    reply.expect_problem(404, "storefront.no_such_category");
}
