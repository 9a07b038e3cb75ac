//! `POST /v1/search/{collection}/rebuild`

use tests::{Cloud, eventually};
use types::Uuid;

const PATH: &str = "/v1/search/products/rebuild";

#[tokio::test]
async fn a_requested_build_moves_the_pointer() {
    let cloud = Cloud::connect().await;
    let (admin, stranger, key) = (cloud.admin().await, cloud.sign_up().await, Uuid::now_v7().to_string());
    assert_eq!(cloud.post(PATH).header("idempotency-key", &key).send().await.status, 401);
    let strange = cloud.post(PATH).bearer(&stranger.access_token).header("idempotency-key", &key).send().await;
    strange.expect_problem(403, "auth.forbidden");
    cloud.post(PATH).bearer(&admin.access_token).send().await.expect_problem(400, "request.idempotency_key_missing");
    let request = async || cloud.post(PATH).bearer(&admin.access_token).header("idempotency-key", &key).send().await;
    let begun = jiff::Timestamp::now();
    let requested = request().await;
    assert_eq!(requested.header("location"), "/v1/search/products/reports");
    let requested = requested.expect(202);
    assert_eq!(request().await.expect(202), requested, "a repeated request has no further effect");
    let today = begun.to_zoned(jiff::tz::TimeZone::UTC).date();
    let path = format!("/v1/search/products/reports?from={today}&to={today}");
    eventually("the index", async || {
        let report = cloud.get(&path).bearer(&admin.access_token).send().await.expect(200);
        let built_at: jiff::Timestamp = report["index"]["builtAt"].as_str()?.parse().unwrap();
        (built_at >= begun).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_unknown_collection_is_not_found() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let call = cloud.post("/v1/search/secrets/rebuild").bearer(&admin.access_token).header("idempotency-key", "a");
    call.send().await.expect_problem(404, "search.no_such_collection");
}
