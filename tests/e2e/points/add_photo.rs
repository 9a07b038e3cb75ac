//! `POST /v1/community/points/{id}/photos`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{add_photo, call, photos, published_photo};

#[tokio::test]
async fn anybody_shows_their_own_published_photo_once() {
    let cloud = Cloud::connect().await;
    let (keeper, visitor) = (cloud.sign_up().await, cloud.sign_up().await);
    let id = cloud.point(&keeper, "Fountain").await;
    let photo = published_photo(&cloud, &visitor).await;
    add_photo(&cloud, &visitor, id, &photo).await;
    add_photo(&cloud, &visitor, id, &photo).await;
    assert_eq!(photos(&cloud, &keeper, id).await, vec![photo.clone()]);
    // It is not the keeper's own, though everybody sees it.
    let path = format!("/v1/community/points/{id}/photos");
    let reply = call(&cloud, "POST", &path, &keeper, Some(&json!({ "mediaId": photo }))).await;
    reply.expect_problem(409, "points.media_not_published");
}

#[tokio::test]
async fn what_is_not_published_is_not_shown() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let id = cloud.point(&user, "Fountain").await;
    let path = format!("/v1/community/points/{id}/photos");
    let waiting = cloud.ask_to_upload(&user, "image/jpeg", 100).await;
    let reply = call(&cloud, "POST", &path, &user, Some(&json!({ "mediaId": waiting["id"] }))).await;
    reply.expect_problem(409, "points.media_not_published");
    let reply = call(&cloud, "POST", &path, &user, Some(&json!({ "mediaId": "x" }))).await;
    reply.expect_problem(422, "request.invalid");
    let nowhere = format!("/v1/community/points/{}/photos", Uuid::now_v7());
    let reply = call(&cloud, "POST", &nowhere, &user, Some(&json!({ "mediaId": waiting["id"] }))).await;
    reply.expect_problem(404, "points.no_such_point");
}
