//! `GET /v1/openapi.json`

use tests::Cloud;

#[tokio::test]
async fn it_is_the_committed_description() {
    let cloud = Cloud::connect().await;
    let served = cloud.get("/v1/openapi.json").send().await.expect(200);
    let committed = std::fs::read_to_string(tests::root().join("docs/openapi/core.json")).unwrap();
    assert_eq!(served, serde_json::from_str::<serde_json::Value>(&committed).unwrap());
}
