//! `GET /v1/community/points/{id}`

use serde_json::json;
use tests::Cloud;
use types::{PointId, Uuid};

use super::support::{add_photo, published_photo, see};

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
async fn a_point_shows_its_photos_with_urls_that_open() {
    let cloud = Cloud::connect().await;
    let (keeper, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let id = cloud.point(&keeper, "Fountain").await;
    let photo = published_photo(&cloud, &keeper).await;
    add_photo(&cloud, &keeper, id, &photo).await;
    let seen = see(&cloud, &stranger, id).await.expect(200);
    assert_eq!((&seen["photoCount"], &seen["coverPhoto"]["mediaId"]), (&json!(1), &json!(photo)));
    let shown = &seen["photos"][0];
    assert_eq!((&shown["mediaId"], &shown["addedBy"]), (&json!(photo), &json!(keeper.id)));
    for url in [&shown["url"], &shown["thumbnailUrl"], &seen["coverPhoto"]["thumbnailUrl"]] {
        assert_eq!(cloud.fetch(url.as_str().unwrap()).await.0, 200, "{url}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    see(&cloud, &user, PointId::new(Uuid::now_v7())).await.expect_problem(404, "points.no_such_point");
}

/// An id has one spelling, so that two clients never mean one resource by two names.
#[tokio::test]
async fn an_id_in_another_spelling_names_nothing() {
    let cloud = Cloud::connect().await;
    let keeper = cloud.sign_up().await;
    let id = cloud.point(&keeper, "Fountain").await.uuid();
    let get = async |spelling: &str| {
        cloud.get(&format!("/v1/community/points/{spelling}")).bearer(&keeper.access_token).send().await
    };
    assert_eq!(get(&id.to_string()).await.status, 200);
    for spelling in
        [format!("%7B{id}%7D"), format!("urn:uuid:{id}"), id.to_string().to_uppercase(), id.simple().to_string()]
    {
        get(&spelling).await.expect_problem(404, "request.no_such_path");
    }
}
