//! `GET /v1/aquarium/suggestions/mine`

use serde_json::json;
use tests::Cloud;

#[tokio::test]
async fn the_list_is_empty() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = "/v1/aquarium/suggestions/mine";
    let reply = cloud.call("GET", path).bearer(&user.access_token).send().await;
    assert_eq!(reply.expect(200), json!({ "items": [], "nextCursor": null }));
}
