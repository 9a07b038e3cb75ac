//! `GET /v1/notifications/devices`

use serde_json::json;
use tests::Cloud;

use super::support::by;

#[tokio::test]
async fn one_s_own_devices_are_listed_without_their_tokens() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let token = cloud.new_push_token();
    let (first, second) =
        (cloud.register_device(&ann, &token).await, cloud.register_device(&ann, &cloud.new_push_token()).await);
    let listed = by(&cloud, &ann, "GET", "/devices").send().await.expect(200);
    assert_eq!(listed, json!({ "items": [first, second], "nextCursor": null }));
    assert!(!listed.to_string().contains(&token));
    let other = by(&cloud, &bob, "GET", "/devices").send().await.expect(200);
    assert_eq!(other["items"], json!([]));
}
