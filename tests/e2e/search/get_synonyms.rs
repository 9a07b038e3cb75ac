//! `GET /v1/search/{collection}/synonyms`

use tests::Cloud;

#[tokio::test]
async fn synonyms_are_for_admins() {
    let cloud = Cloud::connect().await;
    let (admin, stranger) = (cloud.admin().await, cloud.sign_up().await);
    let path = "/v1/search/products/synonyms";
    assert_eq!(cloud.get(path).send().await.status, 401);
    cloud.get(path).bearer(&stranger.access_token).send().await.expect_problem(403, "auth.forbidden");
    let reply = cloud.get(path).bearer(&admin.access_token).send().await;
    assert!(reply.header("etag").starts_with('"'));
    assert!(reply.expect(200)["rules"].is_array());
    let other = cloud.get("/v1/search/secrets/synonyms").bearer(&admin.access_token).send().await;
    other.expect_problem(404, "search.no_such_collection");
}
