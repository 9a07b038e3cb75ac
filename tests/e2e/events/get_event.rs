//! `GET /v1/community/events/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{call, kind, point, report};

#[tokio::test]
async fn everybody_sees_an_event() {
    let cloud = Cloud::connect().await;
    let (author, reader) = (cloud.sign_up().await, cloud.sign_up().await);
    let event = report(&cloud, &author, point(&cloud).await, &kind(&cloud, &json!({})).await).await;
    let path = format!("/v1/community/events/{}", event["id"].as_str().unwrap());
    assert_eq!(call(&cloud, &reader, "GET", &path).await.expect(200), event);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = call(&cloud, &user, "GET", &format!("/v1/community/events/{}", Uuid::now_v7())).await;
    reply.expect_problem(404, "events.no_such_event");
    call(&cloud, &user, "GET", "/v1/community/events/seven").await.expect_problem(404, "request.no_such_path");
}
