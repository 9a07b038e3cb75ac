//! `GET /v1/community/events/schedules`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, kind, point_of, schedule, schedule_body, wrong};

#[tokio::test]
async fn everybody_sees_the_schedules_of_a_point() {
    let cloud = Cloud::connect().await;
    let (creator, reader) = (cloud.sign_up().await, cloud.sign_up().await);
    let (place, kind) = (point_of(&cloud, &creator).await, kind(&cloud, &json!({})).await);
    let first = schedule(&cloud, &creator, &schedule_body(place, &kind)).await;
    let second = schedule(&cloud, &creator, &schedule_body(place, &kind)).await;
    schedule(&cloud, &creator, &schedule_body(point_of(&cloud, &creator).await, &kind)).await;
    let path = format!("/v1/community/events/schedules?pointId={place}");
    eventually("both, the oldest first", async || {
        let page = call(&cloud, &reader, "GET", &path).await.expect(200);
        (page["items"] == json!([first, second])).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_point_must_be_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    assert_eq!(wrong(&call(&cloud, &user, "GET", "/v1/community/events/schedules").await), ["pointId"]);
    assert_eq!(wrong(&call(&cloud, &user, "GET", "/v1/community/events/schedules?pointId=7").await), ["pointId"]);
}
