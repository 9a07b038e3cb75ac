//! `GET /v1/aquarium/openapi.json`

use serde_json::Value;
use tests::Cloud;

#[tokio::test]
async fn it_is_the_committed_document() {
    let cloud = Cloud::connect().await;
    let served = cloud.get("/v1/aquarium/openapi.json").send().await.expect(200);
    let committed = std::fs::read_to_string(tests::root().join("docs/openapi/aquarium.json")).unwrap();
    assert_eq!(served, serde_json::from_str::<Value>(&committed).unwrap());
}
