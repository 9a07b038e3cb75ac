//! Headers that every response of a function has: successes, problems, and routes that do not exist.

use tests::Cloud;

#[tokio::test]
async fn every_response_tells_browsers_what_they_must_not_do() {
    let cloud = Cloud::connect().await;
    for (path, status) in [("/v1/health", 200), ("/v1/users/me", 401), ("/v1/no/such/route", 404), ("/v1/docs", 200)] {
        let reply = cloud.get(path).send().await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("strict-transport-security"), "max-age=63072000; includeSubDomains", "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        let policy = reply.header("content-security-policy");
        for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(directive), "{path}: {policy}");
        }
    }
    assert_eq!(cloud.get("/v1/users/me").send().await.header("cache-control"), "no-store");
}
