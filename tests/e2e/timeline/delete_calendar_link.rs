//! `DELETE /v1/aquarium/aquariums/{id}/calendar-link`

use super::support::Shared;

#[tokio::test]
async fn a_deleted_link_stops_working_and_those_of_others_do_not() {
    let shared = Shared::start().await;
    let mut paths = Vec::new();
    for user in [&shared.owner, &shared.viewer] {
        let link = shared.dosing("POST", user, "/calendar-link", 0, None).await.expect(200);
        paths.push(link["path"].as_str().unwrap().to_owned());
    }
    for _ in 0..2 {
        assert_eq!(shared.dosing("DELETE", &shared.viewer, "/calendar-link", 0, None).await.status, 204);
    }
    assert_eq!(shared.cloud.get(&paths[0]).send().await.status, 200);
    shared.cloud.get(&paths[1]).send().await.expect_problem(404, "timeline.no_such_calendar");
    let stranger = shared.dosing("DELETE", &shared.stranger, "/calendar-link", 0, None).await;
    stranger.expect_problem(404, "timeline.no_such_aquarium");
    shared.anonymous("DELETE", "/calendar-link").await.expect_problem(401, "auth.token_missing");
}
