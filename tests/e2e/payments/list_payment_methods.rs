//! `GET /v1/commerce/payment-methods`

use serde_json::json;
use tests::Cloud;

use super::support::{METHODS, saved_method};

#[tokio::test]
async fn a_user_sees_their_own_methods() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let method = saved_method(&cloud, &ann).await;
    let list = cloud.get(METHODS).bearer(&ann.access_token).send().await.expect(200);
    assert_eq!(list["items"], json!([method]));
    let theirs = cloud.get(METHODS).bearer(&bob.access_token).send().await.expect(200);
    assert_eq!(theirs["items"], json!([]));
    assert_eq!(cloud.get(METHODS).send().await.status, 401);
}
