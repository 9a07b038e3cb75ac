//! `GET /v1/docs`

use tests::Cloud;

#[tokio::test]
async fn the_page_needs_no_other_host() {
    let cloud = Cloud::connect().await;
    let compressed = cloud.get("/v1/docs").header("accept-encoding", "gzip").send().await;
    assert_eq!((compressed.status, compressed.header("content-encoding")), (200, "gzip"));
    let reply = cloud.get("/v1/docs").send().await;
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    let page = reply.expect(200);
    let page = page.as_str().unwrap();
    assert!(page.contains("SwaggerUIBundle({"));
    assert!(
        !page.contains("<script src") && !page.contains("<link rel=\"stylesheet\""),
        "the page loads from elsewhere"
    );
}
