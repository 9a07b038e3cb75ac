//! `GET /v1/community/events/schedules/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{call, kind, point_of, schedule, schedule_body};

#[tokio::test]
async fn everybody_sees_a_schedule() {
    let cloud = Cloud::connect().await;
    let (creator, reader) = (cloud.sign_up().await, cloud.sign_up().await);
    let body = schedule_body(point_of(&cloud, &creator).await, &kind(&cloud, &json!({})).await);
    let made = schedule(&cloud, &creator, &body).await;
    let path = format!("/v1/community/events/schedules/{}", made["id"].as_str().unwrap());
    assert_eq!(call(&cloud, &reader, "GET", &path).await.expect(200), made);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = call(&cloud, &user, "GET", &format!("/v1/community/events/schedules/{}", Uuid::now_v7())).await;
    reply.expect_problem(404, "events.no_such_schedule");
}
