//! `GET /v1/commerce/web/products/{slug}`

use serde_json::json;
use tests::{Cloud, new_slug};

use super::support::{Listed, shown};

#[tokio::test]
async fn everybody_sees_the_page_and_keeps_it_until_it_changes() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let listed = Listed::create(&cloud, &manager).await;
    let has_breadcrumb = |page: &tests::Reply| page.body["breadcrumb"][0]["slug"] == listed.category.as_str();
    let page = shown(&cloud, &listed.web(), has_breadcrumb).await;
    assert_eq!(page.body["id"], listed.product["id"]);
    assert_eq!(page.body["variants"][0]["prices"][0]["currency"], "EUR");
    let same = cloud.get(&listed.web()).header("if-none-match", page.header("etag")).send().await;
    assert_eq!(same.status, 304);
}

#[tokio::test]
async fn an_earlier_slug_redirects_and_a_manager_reads_their_own_write() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let listed = Listed::create(&cloud, &manager).await;
    let (path, new) = (format!("/v1/commerce/products/{}/slug", listed.product["id"].as_str().unwrap()), new_slug());
    let renamed = cloud.call("PUT", &path).bearer(&manager.access_token).json(&json!({ "slug": new })).send().await;
    let revision: u64 = renamed.header("etag").trim_matches('"').parse().expect("a revision");
    assert_eq!(renamed.status, 200);
    let own = format!("/v1/commerce/web/products/{new}?atLeast={revision}");
    shown(&cloud, &own, |page| page.status == 200 && page.body["revision"] == revision).await;
    // The client follows the redirect; a client that does not is in the table tests.
    let moved = shown(&cloud, &listed.web(), |page| page.body["slug"] == new.as_str()).await;
    assert_eq!(moved.body["id"], listed.product["id"]);
}

#[tokio::test]
async fn a_slug_that_nobody_has_is_not_found() {
    let cloud = Cloud::connect().await;
    for slug in [new_slug(), "No".to_owned()] {
        let reply = cloud.get(&format!("/v1/commerce/web/products/{slug}")).send().await;
        reply.expect_problem(404, "storefront.no_such_product");
    }
    let early = cloud.get(&format!("/v1/commerce/web/products/{}?atLeast=1", new_slug())).send().await;
    early.expect_problem(409, "storefront.not_yet");
}
