//! `PATCH /v1/aquarium/aquariums/{id}/dose-plans/{planId}`

use serde_json::json;

use super::support::Shared;

#[tokio::test]
async fn a_plan_is_edited_paused_and_resumed() {
    let shared = Shared::start().await;
    let plan = shared.plan().await;
    let update = async |version, body| shared.dosing("PATCH", &shared.keeper, &plan, version, Some(&body)).await;
    let edited = update(1, json!({ "dailyUl": 9_000 })).await.expect(200);
    assert_eq!((&edited["dailyUl"], &edited["reservoir"]["leftUl"]), (&json!(9_000), &json!(300_000)));
    let paused = update(2, json!({ "paused": true })).await.expect(200);
    assert_eq!((&paused["status"], &paused["reservoir"]["emptyAt"]), (&json!("paused"), &json!(null)));
    let resumed = update(3, json!({ "paused": false })).await.expect(200);
    assert_eq!(resumed["status"], "active");
    update(3, json!({ "dailyUl": 1_000 })).await.expect_problem(412, "request.version_changed");
    let without = update(4, json!({ "pump": null, "reservoir": null })).await.expect(200);
    assert_eq!((&without["pump"], &without["reservoir"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn viewers_strangers_and_callers_without_a_token_update_nothing() {
    let shared = Shared::start().await;
    let plan = shared.plan().await;
    let body = json!({ "dailyUl": 9_000 });
    let by = async |user| shared.dosing("PATCH", user, &plan, 1, Some(&body)).await;
    by(&shared.viewer).await.expect_problem(403, "timeline.role_too_low");
    by(&shared.stranger).await.expect_problem(404, "timeline.no_such_aquarium");
    shared.anonymous("PATCH", &plan).await.expect_problem(401, "auth.token_missing");
}
