//! `DELETE /v1/aquarium/aquariums/{id}/dose-plans/{planId}`

use super::support::Shared;

#[tokio::test]
async fn a_deleted_plan_is_gone() {
    let shared = Shared::start().await;
    let plan = shared.plan().await;
    let by = async |user, version| shared.dosing("DELETE", user, &plan, version, None).await;
    by(&shared.viewer, 1).await.expect_problem(403, "timeline.role_too_low");
    by(&shared.stranger, 1).await.expect_problem(404, "timeline.no_such_aquarium");
    by(&shared.keeper, 2).await.expect_problem(412, "request.version_changed");
    assert_eq!(by(&shared.keeper, 1).await.status, 204);
    by(&shared.keeper, 1).await.expect_problem(404, "timeline.no_such_dose_plan");
    let list = shared.dosing("GET", &shared.owner, "/dose-plans", 0, None).await.expect(200);
    assert!(list["items"].as_array().unwrap().is_empty(), "{list}");
    shared.anonymous("DELETE", &plan).await.expect_problem(401, "auth.token_missing");
}
