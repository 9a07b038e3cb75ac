//! `DELETE /v1/community/points/{id}/subscription`

use tests::Cloud;
use types::Uuid;

use super::support::{call, subscriptions, told};

#[tokio::test]
async fn a_subscription_ends_once_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let (keeper, user) = (cloud.sign_up().await, cloud.sign_up().await);
    let watch = cloud.watch("points.point_unsubscribed.v1").await;
    let id = cloud.point(&keeper, "Fountain").await;
    let path = format!("/v1/community/points/{id}/subscription");
    assert_eq!(call(&cloud, "PUT", &path, &user, None).await.status, 204);
    // A stranger ends their own, of which there is none, and nobody else's.
    assert_eq!(call(&cloud, "DELETE", &path, &keeper, None).await.status, 204);
    assert_eq!(subscriptions(&cloud, &user).await, [id.to_string()]);
    for _ in 0..2 {
        assert_eq!(call(&cloud, "DELETE", &path, &user, None).await.status, 204);
    }
    assert_eq!(told(&watch, id, 2).await["data"]["userId"], user.id.as_str());
    assert_eq!(subscriptions(&cloud, &user).await, Vec::<String>::new());
}

#[tokio::test]
async fn who_has_no_subscription_has_none_afterwards() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/community/points/{}/subscription", Uuid::now_v7());
    assert_eq!(call(&cloud, "DELETE", &path, &user, None).await.status, 204);
    call(&cloud, "DELETE", "/v1/community/points/x/subscription", &user, None)
        .await
        .expect_problem(404, "request.no_such_path");
}
