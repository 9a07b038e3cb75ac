//! `GET /v1/health`

use tests::Cloud;

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
