//! `PATCH /v1/aquarium/guides/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{new_guide, refuses_strangers};

#[tokio::test]
async fn a_change_is_a_new_version() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (path, _) = new_guide(&cloud, &manager).await;
    let update = async |path: &str, tag: &str| {
        let call = cloud.call("PATCH", path).bearer(&manager.access_token).header("if-match", tag);
        call.json(&json!({ "title": "Better" })).send().await
    };
    let changed = update(&path, "\"1\"").await;
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.expect(200)["newestVersion"], 2);
    update(&path, "\"1\"").await.expect_problem(412, "request.version_changed");
    let none = format!("/v1/aquarium/guides/{}", Uuid::now_v7());
    update(&none, "\"1\"").await.expect_problem(404, "knowledge.no_such_guide");
    let without = cloud.call("PATCH", &path).bearer(&manager.access_token).json(&json!({ "title": "A" })).send().await;
    without.expect_problem(428, "request.if_match_missing");
}

#[tokio::test]
async fn only_the_staff_updates_guides() {
    let cloud = Cloud::connect().await;
    let (path, _) = new_guide(&cloud, &cloud.manager().await).await;
    refuses_strangers(&cloud, ("PATCH", &path), Some(&json!({ "title": "A" }))).await;
}
