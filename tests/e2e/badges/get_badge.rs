//! `GET /v1/community/badges/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{badge, kind};

#[tokio::test]
async fn its_etag_is_the_one_that_changes_need() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let badge = badge(&cloud, kind(&cloud).await, &[1]).await;
    let path = format!("/v1/community/badges/{}", badge["id"].as_str().unwrap());
    let read = cloud.get(&path).bearer(&user.access_token).send().await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.body, badge);
    let change = cloud.call("PATCH", &path).bearer(&admin.access_token).header("if-match", read.header("etag"));
    assert_eq!(change.json(&json!({ "name": "Bowl filler" })).send().await.status, 200);
    let read = cloud.get(&path).bearer(&user.access_token).send().await;
    assert_eq!((read.header("etag"), &read.body["name"]), ("\"2\"", &json!("Bowl filler")));
    let retire = cloud.call("DELETE", &path).bearer(&admin.access_token).header("if-match", read.header("etag"));
    assert_eq!(retire.send().await.status, 204);
    assert_eq!(cloud.get(&path).bearer(&user.access_token).send().await.expect(200)["retired"], true);
}

#[tokio::test]
async fn strangers_and_unknown_badges_get_nothing() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/community/badges/{}", Uuid::now_v7());
    cloud.get(&path).bearer(&user.access_token).send().await.expect_problem(404, "badges.no_such_badge");
    cloud.get(&path).send().await.expect_problem(401, "auth.token_missing");
    let malformed = cloud.get("/v1/community/badges/7").bearer(&user.access_token).send().await;
    malformed.expect_problem(404, "request.no_such_path");
}
