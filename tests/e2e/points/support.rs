//! What several tests of points need.

use serde_json::{Value, json};
use testkit::pictures;
use tests::{Cloud, Reply, User, Watch, eventually};
use types::PointId;

/// Any call about points.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> Reply {
    let call = cloud.call(method, path).bearer(&user.access_token);
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

/// A point as somebody sees it.
pub async fn see(cloud: &Cloud, user: &User, id: PointId) -> Reply {
    call(cloud, "GET", &format!("/v1/community/points/{id}"), user, None).await
}

/// The event of a point that `watch` hears next, with this revision.
pub async fn told(watch: &Watch, id: PointId, revision: u64) -> Value {
    let id = id.to_string();
    eventually("the event", async || {
        let events = watch.take().await;
        events
            .into_iter()
            .find(|event| event["data"]["pointId"] == id.as_str() && event["data"]["revision"] == revision)
    })
    .await
}

/// A published photo.
pub async fn published_photo(cloud: &Cloud, user: &User) -> String {
    let id = cloud.upload(user, "image/jpeg", &pictures::jpeg(50, 40)).await;
    assert_eq!(cloud.checked(user, &id).await["status"], "published");
    id
}

/// Shows a picture at a point, once this context has heard that it is published.
pub async fn add_photo(cloud: &Cloud, user: &User, point: PointId, media: &str) {
    let (path, body) = (format!("/v1/community/points/{point}/photos"), json!({ "mediaId": media }));
    eventually("the photo to be known", async || {
        let reply = call(cloud, "POST", &path, user, Some(&body)).await;
        if reply.status == 409 {
            reply.expect_problem(409, "points.media_not_published");
            return None;
        }
        assert_eq!(reply.expect(201)["mediaId"], media);
        Some(())
    })
    .await;
}

/// The ids of a point's photos.
pub async fn photos(cloud: &Cloud, user: &User, point: PointId) -> Vec<String> {
    let list = call(cloud, "GET", &format!("/v1/community/points/{point}/photos"), user, None).await.expect(200);
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["mediaId"].as_str().unwrap().to_owned()).collect()
}

/// The ids of the points that somebody subscribes to.
pub async fn subscriptions(cloud: &Cloud, user: &User) -> Vec<String> {
    let list = call(cloud, "GET", "/v1/community/points/subscriptions?limit=100", user, None).await.expect(200);
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["point"]["id"].as_str().unwrap().to_owned()).collect()
}
