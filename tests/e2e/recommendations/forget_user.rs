//! `recommendations-forget-user` on `identity.user_deleted.v1`, `identity.account_reclaimed.v1`

use contracts::identity::{AccountReclaimed, UserDeleted};
use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, User};
use types::{ProductId, Uuid};

use super::support::tell;

async fn user_with_views(cloud: &Cloud) -> User {
    let user = cloud.sign_up().await;
    let view = json!({ "productId": ProductId::generate(), "viewedAt": Timestamp::now().to_string() });
    let body = json!({ "sessionId": Uuid::now_v7().to_string(), "consent": true, "views": [view] });
    let call = cloud.call("POST", "/v1/commerce/views").bearer(&user.access_token).json(&body);
    assert_eq!(call.send().await.status, 204);
    user
}

#[tokio::test]
async fn views_of_a_deleted_user_are_deleted() {
    let cloud = Cloud::connect().await;
    let user = user_with_views(&cloud).await;
    let fact = UserDeleted { user_id: user.id.parse().unwrap() };
    let first = tell(&cloud, "recommendations-forget-user", fact.clone()).await;
    assert!(first.contains("applied"), "{first}");
    let second = tell(&cloud, "recommendations-forget-user", fact).await;
    assert!(second.contains("duplicate"), "{second}");
}

#[tokio::test]
async fn views_from_before_a_takeover_are_deleted() {
    let cloud = Cloud::connect().await;
    let user = user_with_views(&cloud).await;
    let fact = AccountReclaimed { user_id: user.id.parse().unwrap() };
    let line = tell(&cloud, "recommendations-forget-user", fact).await;
    assert!(line.contains("applied"), "{line}");
}
