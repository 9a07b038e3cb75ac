//! `GET /v1/community/points/{id}`

use tests::Cloud;
use types::{PointId, Uuid};

use super::support::see;

#[tokio::test]
async fn everybody_who_is_signed_in_sees_a_point() {
    let cloud = Cloud::connect().await;
    let (keeper, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let id = cloud.point(&keeper, "Fountain").await;
    let seen = see(&cloud, &stranger, id).await;
    assert_eq!(seen.header("etag"), "\"1\"");
    let seen = seen.expect(200);
    assert_eq!((seen["name"].as_str(), seen["keeperId"].as_str()), (Some("Fountain"), Some(keeper.id.as_str())));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    see(&cloud, &user, PointId::new(Uuid::now_v7())).await.expect_problem(404, "points.no_such_point");
}
