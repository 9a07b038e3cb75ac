//! `GET /v1/commerce/web/home`

use tests::Cloud;

#[tokio::test]
async fn everybody_sees_the_home_page() {
    let cloud = Cloud::connect().await;
    let home = cloud.get("/v1/commerce/web/home").send().await;
    assert_eq!(home.header("cache-control"), "public, max-age=60");
    assert!(!home.header("etag").is_empty());
    let body = home.expect(200);
    assert!(body["newest"].is_array() && body["bestsellers"].is_array() && body["categories"].is_array(), "{body}");
}
