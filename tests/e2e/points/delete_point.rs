//! `DELETE /v1/community/points/{id}`

use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

use super::support::{add_photo, call, published_photo, see, subscriptions, told};

#[tokio::test]
async fn a_point_goes_with_its_photos_and_subscriptions_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let (keeper, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let watch = cloud.watch("points.point_removed.v1").await;
    let id = cloud.point(&keeper, "Fountain").await;
    let path = format!("/v1/community/points/{id}");
    let photo = published_photo(&cloud, &other).await;
    add_photo(&cloud, &other, id, &photo).await;
    assert_eq!(call(&cloud, "PUT", &format!("{path}/subscription"), &other, None).await.status, 204);
    let place = see(&cloud, &keeper, id).await.expect(200)["location"].clone();

    call(&cloud, "DELETE", &path, &other, None).await.expect_problem(403, "points.not_keeper");
    let stale = cloud.call("DELETE", &path).bearer(&keeper.access_token).header("if-match", "\"7\"").send().await;
    stale.expect_problem(412, "request.version_changed");
    assert_eq!(call(&cloud, "DELETE", &path, &keeper, None).await.status, 204);
    told(&watch, id, 2).await;

    see(&cloud, &other, id).await.expect_problem(404, "points.no_such_point");
    for (method, below) in [("GET", "/photos"), ("PUT", "/subscription")] {
        let reply = call(&cloud, method, &format!("{path}{below}"), &other, None).await;
        reply.expect_problem(404, "points.no_such_point");
    }
    let body = json!({ "mediaId": photo });
    let reply = call(&cloud, "POST", &format!("{path}/photos"), &other, Some(&body)).await;
    reply.expect_problem(404, "points.no_such_point");
    let near = format!("/v1/community/points?near={},{}&radiusM=50", place["lat"], place["lng"]);
    assert_eq!(call(&cloud, "GET", &near, &other, None).await.expect(200)["items"], json!([]));
    assert_eq!(subscriptions(&cloud, &other).await, Vec::<String>::new());
    // The record itself goes in its own time.
    eventually("the subscription to go", async || {
        let held = cloud.held("points", &other).await;
        (!held.contains(&id.to_string())).then_some(())
    })
    .await;
    call(&cloud, "DELETE", &path, &keeper, None).await.expect_problem(404, "points.no_such_point");
}

#[tokio::test]
async fn an_admin_takes_away_what_others_keep() {
    let cloud = Cloud::connect().await;
    let (keeper, admin) = (cloud.sign_up().await, cloud.admin().await);
    let id = cloud.point(&keeper, "Fountain").await;
    assert_eq!(call(&cloud, "DELETE", &format!("/v1/community/points/{id}"), &admin, None).await.status, 204);
    see(&cloud, &keeper, id).await.expect_problem(404, "points.no_such_point");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = call(&cloud, "DELETE", &format!("/v1/community/points/{}", Uuid::now_v7()), &user, None).await;
    reply.expect_problem(404, "points.no_such_point");
}
