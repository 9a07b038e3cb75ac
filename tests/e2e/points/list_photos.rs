//! `GET /v1/community/points/{id}/photos`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{add_photo, call, published_photo};

#[tokio::test]
async fn photos_come_in_their_order_with_who_put_them_there() {
    let cloud = Cloud::connect().await;
    let (keeper, visitor) = (cloud.sign_up().await, cloud.sign_up().await);
    let id = cloud.point(&keeper, "Fountain").await;
    let path = format!("/v1/community/points/{id}/photos");
    let empty = call(&cloud, "GET", &path, &visitor, None).await.expect(200);
    assert_eq!(empty, json!({ "items": [], "nextCursor": null }));
    let mut expected = Vec::new();
    for user in [&keeper, &visitor] {
        let photo = published_photo(&cloud, user).await;
        add_photo(&cloud, user, id, &photo).await;
        expected.push((photo, user.id.clone()));
    }
    let list = call(&cloud, "GET", &path, &visitor, None).await.expect(200);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let items = list["items"].as_array().unwrap().iter();
    assert_eq!(items.map(|item| (text(&item["mediaId"]), text(&item["addedBy"]))).collect::<Vec<_>>(), expected);
    let reply = call(&cloud, "GET", &format!("/v1/community/points/{}/photos", Uuid::now_v7()), &visitor, None).await;
    reply.expect_problem(404, "points.no_such_point");
}
