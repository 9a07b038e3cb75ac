//! `GET /v1/aquarium/aquariums/{id}/dose-plans/{planId}/doses`

use super::support::Shared;

#[tokio::test]
async fn members_see_the_doses_of_a_week() {
    let shared = Shared::start().await;
    let path = format!("{}/doses", shared.plan().await);
    for user in [&shared.owner, &shared.keeper, &shared.viewer] {
        let doses = shared.dosing("GET", user, &path, 0, None).await.expect(200);
        // Seven days are 167 to 169 hours of wall time.
        let count = doses["items"].as_array().unwrap().len();
        assert!((20..=22).contains(&count), "{doses}");
    }
    shared.dosing("GET", &shared.stranger, &path, 0, None).await.expect_problem(404, "timeline.no_such_aquarium");
    shared.anonymous("GET", &path).await.expect_problem(401, "auth.token_missing");
}

#[tokio::test]
async fn an_interval_has_bounds() {
    let shared = Shared::start().await;
    let path = format!("{}/doses", shared.plan().await);
    for (query, field) in [
        ("from=yesterday", "from"),
        ("from=2020-01-01T00:00:00Z", "from"),
        ("to=2999-01-01T00:00:00Z", "to"),
        ("to=2020-01-01T00:00:00Z", "to"),
    ] {
        let reply = shared.dosing("GET", &shared.owner, &format!("{path}?{query}"), 0, None).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field, "{query}");
    }
}
