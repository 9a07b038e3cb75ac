//! `GET /v1/docs`

use tests::Cloud;

#[tokio::test]
async fn the_page_needs_no_other_host() {
    let cloud = Cloud::connect().await;
    let compressed = cloud.get("/v1/docs").header("accept-encoding", "gzip").send().await;
    assert_eq!((compressed.status, compressed.header("content-encoding")), (200, "gzip"));
    let reply = cloud.get("/v1/docs").send().await;
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert_eq!((compressed.header("vary"), reply.header("vary")), ("accept-encoding", "accept-encoding"));
    let page = reply.expect(200);
    let page = page.as_str().unwrap();
    assert!(page.contains("SwaggerUIBundle({"));
    assert!(
        !page.contains("<script src") && !page.contains("<link rel=\"stylesheet\""),
        "the page loads from elsewhere"
    );
}

#[tokio::test]
async fn the_page_may_call_the_deployed_apis_only() {
    let cloud = Cloud::connect().await;
    let deployment = cloud.get("/v1").send().await.expect(200);
    let reply = cloud.get("/v1/docs").send().await;
    let policy = reply.header("content-security-policy");
    let sources = policy.split("connect-src 'self'").nth(1).unwrap().split(';').next().unwrap();
    let mut allowed: Vec<_> = sources.split_whitespace().collect();
    allowed.retain(|source| deployment["core"]["baseUrl"] != *source);
    for pack in deployment["packs"].as_array().unwrap() {
        allowed.retain(|source| pack["baseUrl"] != *source);
    }
    assert!(allowed.is_empty(), "{policy}");
}

#[tokio::test]
async fn the_page_is_strict_about_scripts_and_frames() {
    let cloud = Cloud::connect().await;
    let reply = cloud.get("/v1/docs").send().await;
    let policy = reply.header("content-security-policy").to_owned();
    for directive in ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = reply.expect(200);
    let page = page.as_str().unwrap();
    assert!(page.contains("persistAuthorization: false"), "credentials must not be stored");
    // A hash per script and per style: the library's and the page's own.
    assert_eq!(policy.matches("'sha256-").count(), 4, "{policy}");
}
