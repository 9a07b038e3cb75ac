//! `DELETE /v1/community/events/types/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{call, kind};

#[tokio::test]
async fn a_kind_is_retired_once_and_stays_to_be_seen() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let path = format!("/v1/community/events/types/{}", kind(&cloud, &json!({})).await);
    for _ in 0..2 {
        assert_eq!(call(&cloud, &admin, "DELETE", &path).await.status, 204);
    }
    let reply = call(&cloud, &admin, "GET", &path).await;
    assert_eq!((reply.header("etag"), &reply.body["retired"]), ("\"2\"", &json!(true)));
}

#[tokio::test]
async fn what_is_not_there_and_what_has_changed_is_not_retired() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let reply = call(&cloud, &admin, "DELETE", &format!("/v1/community/events/types/{}", Uuid::now_v7())).await;
    reply.expect_problem(404, "events.no_such_event_type");
    let path = format!("/v1/community/events/types/{}", kind(&cloud, &json!({})).await);
    let seen = cloud.call("DELETE", &path).bearer(&admin.access_token).header("if-match", "\"7\"").send().await;
    seen.expect_problem(412, "request.version_changed");
}

#[tokio::test]
async fn nobody_else_retires_kinds() {
    let cloud = Cloud::connect().await;
    let (user, kind) = (cloud.sign_up().await, kind(&cloud, &json!({})).await);
    call(&cloud, &user, "DELETE", &format!("/v1/community/events/types/{kind}"))
        .await
        .expect_problem(403, "auth.forbidden");
}
