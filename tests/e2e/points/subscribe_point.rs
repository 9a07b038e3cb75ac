//! `PUT /v1/community/points/{id}/subscription`

use tests::Cloud;
use types::Uuid;

use super::support::{call, subscriptions, told};

#[tokio::test]
async fn a_subscription_begins_once_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let (keeper, user) = (cloud.sign_up().await, cloud.sign_up().await);
    let watch = cloud.watch("points.point_subscribed.v1").await;
    let id = cloud.point(&keeper, "Fountain").await;
    let path = format!("/v1/community/points/{id}/subscription");
    for _ in 0..2 {
        assert_eq!(call(&cloud, "PUT", &path, &user, None).await.status, 204);
    }
    assert_eq!(told(&watch, id, 1).await["data"]["userId"], user.id.as_str());
    assert_eq!(subscriptions(&cloud, &user).await, [id.to_string()]);
    assert_eq!(subscriptions(&cloud, &keeper).await, Vec::<String>::new());
    // It ends and begins again: each is a revision of its own.
    assert_eq!(call(&cloud, "DELETE", &path, &user, None).await.status, 204);
    assert_eq!(call(&cloud, "PUT", &path, &user, None).await.status, 204);
    told(&watch, id, 3).await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/community/points/{}/subscription", Uuid::now_v7());
    call(&cloud, "PUT", &path, &user, None).await.expect_problem(404, "points.no_such_point");
}
