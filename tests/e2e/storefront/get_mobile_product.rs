//! `GET /v1/commerce/mobile/products/{slug}`

use tests::{Cloud, new_slug};

use super::support::{Listed, shown};

#[tokio::test]
async fn everybody_sees_the_page_in_one_currency() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let listed = Listed::create(&cloud, &manager).await;
    let path = format!("/v1/commerce/mobile/products/{}?currency=EUR", listed.slug());
    let page = shown(&cloud, &path, |page| page.body["amountMinor"] == 1_250).await;
    assert_eq!(page.body["variantCount"], 1);
    assert!(page.body.to_string().len() <= 4_096, "{}", page.body);
    let path = format!("/v1/commerce/mobile/products/{}", listed.slug());
    cloud.get(&path).send().await.expect_problem(422, "request.invalid");
}

#[tokio::test]
async fn a_slug_that_nobody_has_is_not_found() {
    let cloud = Cloud::connect().await;
    let reply = cloud.get(&format!("/v1/commerce/mobile/products/{}?currency=EUR", new_slug())).send().await;
    reply.expect_problem(404, "storefront.no_such_product");
}
