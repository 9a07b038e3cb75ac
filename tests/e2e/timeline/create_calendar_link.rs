//! `POST /v1/aquarium/aquariums/{id}/calendar-link`

use super::support::Shared;

#[tokio::test]
async fn each_member_has_a_link_of_their_own_which_a_new_one_replaces() {
    let shared = Shared::start().await;
    let link = async |user| {
        let link = shared.dosing("POST", user, "/calendar-link", 0, None).await.expect(200);
        link["path"].as_str().unwrap().to_owned()
    };
    let (owner, viewer) = (link(&shared.owner).await, link(&shared.viewer).await);
    let again = link(&shared.viewer).await;
    for (path, status) in [(&owner, 200), (&viewer, 404), (&again, 200)] {
        assert_eq!(shared.cloud.get(path).send().await.status, status);
    }
    let stranger = shared.dosing("POST", &shared.stranger, "/calendar-link", 0, None).await;
    stranger.expect_problem(404, "timeline.no_such_aquarium");
    shared.anonymous("POST", "/calendar-link").await.expect_problem(401, "auth.token_missing");
}
