//! `GET /v1/commerce/categories/{slug}`

use tests::Cloud;

#[tokio::test]
async fn everybody_sees_a_category() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let slug = cloud.category(&manager, None).await;
    let path = format!("/v1/commerce/categories/{slug}");
    let seen = cloud.get(&path).send().await;
    assert_eq!((seen.header("etag"), seen.header("cache-control")), ("\"1\"", "public, max-age=60"));
    assert_eq!(seen.expect(200)["slug"], slug.as_str());
    assert_eq!(cloud.get(&path).header("if-none-match", "\"1\"").send().await.status, 304);
    for missing in [tests::new_slug(), "No_Slug".to_owned()] {
        let reply = cloud.get(&format!("/v1/commerce/categories/{missing}")).send().await;
        reply.expect_problem(404, "catalog.no_such_category");
    }
}
