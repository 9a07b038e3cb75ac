//! `$default` of the HTTP APIs

use tests::{Cloud, Reply};

fn detail(reply: &Reply) -> &str {
    reply.body["detail"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn unknown_paths_get_a_hint() {
    let cloud = Cloud::connect().await;
    for (path, meant) in [
        ("/users/me", "/v1/users/me"),
        ("/v1/users/me/", "/v1/users/me"),
        ("/v1/auth/logn", "/v1/auth/login"),
        ("/points", "/v1/community/points"),
        ("/v1/points", "/v1/community/points"),
        ("/v1/community/points/", "/v1/community/points"),
        ("/v1/community/ponits", "/v1/community/points"),
        ("/v1/community/users/me", "/v1/users/me"),
        ("/v1/nothing/like/this", "GET /v1/docs"),
        ("/nothing", "GET /v1/docs"),
    ] {
        let reply = cloud.get(path).send().await;
        reply.expect_problem(404, "request.no_such_route");
        assert!(detail(&reply).contains(meant), "{path}: {}", detail(&reply));
    }
}

#[tokio::test]
async fn paths_of_other_methods_name_them() {
    let cloud = Cloud::connect().await;
    for (method, path, allow) in [
        ("POST", "/v1/users/me", "DELETE, GET, PATCH"),
        ("PUT", "/v1/auth/login", "POST"),
        ("DELETE", "/v1", "GET"),
        ("DELETE", "/v1/community/points", "GET, POST"),
        ("POST", "/v1/community/openapi.json", "GET"),
    ] {
        let reply = cloud.call(method, path).send().await;
        reply.expect_problem(405, "request.method_not_allowed");
        assert_eq!(reply.header("allow"), allow, "{method} {path}");
        assert!(detail(&reply).contains(allow), "{method} {path}: {}", detail(&reply));
    }
}

#[tokio::test]
async fn head_is_answered_with_the_methods_of_the_path_and_options_by_the_gateway() {
    let cloud = Cloud::connect().await;
    let head = cloud.call("HEAD", "/v1/users/me").send().await;
    assert_eq!((head.status, head.header("allow")), (405, "DELETE, GET, PATCH"));
    // The local gateway takes each OPTIONS request for a browser's preflight request, with or without `Origin`.
    assert_eq!(cloud.call("OPTIONS", "/v1/community/points").send().await.status, 204);
}

/// Browsers ask before they send a token; the gateway answers.
#[tokio::test]
async fn preflight_requests_are_not_caught() {
    let cloud = Cloud::connect().await;
    let preflight = cloud.call("OPTIONS", "/v1/users/me").header("origin", "https://app.example");
    let reply = preflight.header("access-control-request-method", "PATCH").send().await;
    assert!(reply.status < 300, "{}", reply.status);
    assert!(!reply.header("access-control-allow-methods").is_empty());
}
