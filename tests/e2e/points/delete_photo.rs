//! `DELETE /v1/community/points/{id}/photos/{mediaId}`

use tests::Cloud;
use types::Uuid;

use super::support::{add_photo, call, photos, published_photo};

#[tokio::test]
async fn who_put_it_there_and_the_keeper_take_a_photo_away_and_strangers_do_not() {
    let cloud = Cloud::connect().await;
    let (keeper, visitor, stranger) = (cloud.sign_up().await, cloud.sign_up().await, cloud.sign_up().await);
    let id = cloud.point(&keeper, "Fountain").await;
    let photo = published_photo(&cloud, &visitor).await;
    let path = format!("/v1/community/points/{id}/photos/{photo}");
    for user in [&visitor, &keeper] {
        add_photo(&cloud, &visitor, id, &photo).await;
        call(&cloud, "DELETE", &path, &stranger, None).await.expect_problem(403, "points.not_your_photo");
        assert_eq!(call(&cloud, "DELETE", &path, user, None).await.status, 204);
        assert_eq!(photos(&cloud, &visitor, id).await, Vec::<String>::new());
        call(&cloud, "DELETE", &path, user, None).await.expect_problem(404, "points.no_such_photo");
    }
    assert_eq!(cloud.see(&stranger, &photo).await.status, 200, "the picture itself stays");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let id = cloud.point(&user, "Fountain").await;
    let path = format!("/v1/community/points/{id}/photos/{}", Uuid::now_v7());
    call(&cloud, "DELETE", &path, &user, None).await.expect_problem(404, "points.no_such_photo");
    let path = format!("/v1/community/points/{}/photos/{}", Uuid::now_v7(), Uuid::now_v7());
    call(&cloud, "DELETE", &path, &user, None).await.expect_problem(404, "points.no_such_point");
}
