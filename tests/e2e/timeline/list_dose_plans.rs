//! `GET /v1/aquarium/aquariums/{id}/dose-plans`

use super::support::Shared;

#[tokio::test]
async fn members_list_the_plans_and_strangers_do_not() {
    let shared = Shared::start().await;
    shared.plan().await;
    for user in [&shared.owner, &shared.keeper, &shared.viewer] {
        let list = shared.dosing("GET", user, "/dose-plans", 0, None).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    }
    let stranger = shared.dosing("GET", &shared.stranger, "/dose-plans", 0, None).await;
    stranger.expect_problem(404, "timeline.no_such_aquarium");
    shared.anonymous("GET", "/dose-plans").await.expect_problem(401, "auth.token_missing");
}
