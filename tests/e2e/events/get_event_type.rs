//! `GET /v1/community/events/types/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{call, kind};

#[tokio::test]
async fn everybody_sees_a_kind_with_its_version() {
    let cloud = Cloud::connect().await;
    let (user, kind) = (cloud.sign_up().await, kind(&cloud, &json!({ "maxDistanceM": 50 })).await);
    let reply = call(&cloud, &user, "GET", &format!("/v1/community/events/types/{kind}")).await;
    assert_eq!(reply.header("etag"), "\"1\"");
    let body = reply.expect(200);
    assert_eq!(
        (&body["name"], &body["maxDistanceM"], &body["cooldownMinutes"]),
        (&json!("Feeding"), &json!(50), &json!(0))
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = call(&cloud, &user, "GET", &format!("/v1/community/events/types/{}", Uuid::now_v7())).await;
    reply.expect_problem(404, "events.no_such_event_type");
}
