//! `GET /v1/aquarium/guides`

use serde_json::json;
use tests::Cloud;

#[tokio::test]
async fn the_list_is_empty() {
    let cloud = Cloud::connect().await;
    let path = "/v1/aquarium/guides";
    let reply = cloud.call("GET", path).send().await;
    assert_eq!(reply.expect(200), json!({ "items": [], "nextCursor": null }));
}
