//! `GET /v1/aquarium/aquariums/{id}/dose-plans/{planId}`

use types::Uuid;

use super::support::Shared;

#[tokio::test]
async fn members_read_a_plan_with_its_version() {
    let shared = Shared::start().await;
    let plan = shared.plan().await;
    for user in [&shared.owner, &shared.keeper, &shared.viewer] {
        let reply = shared.dosing("GET", user, &plan, 0, None).await;
        assert_eq!(reply.header("etag"), "\"1\"");
        assert_eq!(reply.expect(200)["product"], "Calcium A");
    }
    shared.dosing("GET", &shared.stranger, &plan, 0, None).await.expect_problem(404, "timeline.no_such_aquarium");
    let other = format!("/dose-plans/{}", Uuid::now_v7());
    shared.dosing("GET", &shared.viewer, &other, 0, None).await.expect_problem(404, "timeline.no_such_dose_plan");
    shared.anonymous("GET", &plan).await.expect_problem(401, "auth.token_missing");
}
