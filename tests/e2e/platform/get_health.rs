//! `GET /v1/health`

use tests::Cloud;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn it_is_alive_and_reaches_the_table() {
    let cloud = Cloud::connect().await;
    let ready = cloud.get("/v1/health").send().await;
    ready.expect_calls("platform-get-health", "ready");
    let ready = ready.expect(200);
    assert_eq!(ready["status"], "ok");
    assert!(ready["tableMs"].is_number());
    let live = cloud.get("/v1/health?probe=live").send().await;
    live.expect_calls("platform-get-health", "live");
    assert_eq!(live.expect(200)["tableMs"], serde_json::Value::Null);
    cloud.get("/v1/health?probe=dead").send().await.expect_problem(422, "request.invalid");
}

/// The client of the other tests encodes such characters, so this one writes the request itself.
#[tokio::test]
async fn a_query_with_characters_that_no_uri_contains_is_malformed() {
    let cloud = Cloud::connect().await;
    let url = cloud.url("");
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /v1/health?probe=<live> HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    for part in ["application/problem+json", "request.unreadable", "%3C", "x-request-id"] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
}
