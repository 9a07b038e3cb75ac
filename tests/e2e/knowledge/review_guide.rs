//! `POST /v1/aquarium/guides/{id}/review`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{call, new_guide, refuses_strangers};

#[tokio::test]
async fn a_second_user_reviews_a_version_once() {
    let cloud = Cloud::connect().await;
    let (author, reviewer) = (cloud.manager().await, cloud.manager().await);
    let (path, _) = new_guide(&cloud, &author).await;
    let review = format!("{path}/review");
    let approve = json!({ "version": 1, "verdict": "approve" });
    let own = call(&cloud, &author, ("POST", &review), Some(&approve)).await;
    own.expect_problem(403, "knowledge.own_version");
    let unexplained =
        call(&cloud, &reviewer, ("POST", &review), Some(&json!({ "version": 1, "verdict": "reject" }))).await;
    unexplained.expect_problem(422, "request.invalid");
    for _ in 0..2 {
        let done = call(&cloud, &reviewer, ("POST", &review), Some(&approve)).await.expect(200);
        assert_eq!(done["newestState"], "approved");
    }
    let reject = json!({ "version": 1, "verdict": "reject", "note": "Too late." });
    call(&cloud, &reviewer, ("POST", &review), Some(&reject)).await.expect_problem(409, "knowledge.version_reviewed");
    let missing = json!({ "version": 2, "verdict": "approve" });
    let missing = call(&cloud, &reviewer, ("POST", &review), Some(&missing)).await;
    missing.expect_problem(404, "knowledge.no_such_guide_version");
    let none = format!("/v1/aquarium/guides/{}/review", Uuid::now_v7());
    call(&cloud, &reviewer, ("POST", &none), Some(&approve)).await.expect_problem(404, "knowledge.no_such_guide");
    let update = cloud.call("PATCH", &path).bearer(&author.access_token).header("if-match", "\"2\"");
    assert_eq!(update.json(&json!({ "title": "Newer" })).send().await.status, 200);
    let outdated = call(&cloud, &cloud.manager().await, ("POST", &review), Some(&approve)).await;
    outdated.expect_problem(409, "knowledge.version_outdated");
    refuses_strangers(&cloud, ("POST", &review), Some(&approve)).await;
}
