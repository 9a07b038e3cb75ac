//! `GET /v1/aquarium/web/people/{id}`

use tests::{Cloud, eventually};
use types::{AquariumId, Uuid};

use super::support::{created, publish};

#[tokio::test]
async fn facets_of_a_person_are_for_the_staff_only() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/aquarium/web/people/{}", user.id);
    cloud.call("GET", &path).send().await.expect_problem(401, "auth.token_missing");
    let refused = cloud.call("GET", &path).bearer(&user.access_token).send().await;
    refused.expect_problem(403, "auth.forbidden");
    let manager = cloud.manager().await;
    let nowhere = format!("/v1/aquarium/web/people/{}", Uuid::now_v7());
    let unknown = cloud.call("GET", &nowhere).bearer(&manager.access_token).send().await;
    unknown.expect_problem(404, "screens.no_such_person");
    publish(&cloud, created(AquariumId::generate(), &user)).await;
    let person = eventually("the facets", async || {
        let person = cloud.call("GET", &path).bearer(&manager.access_token).send().await;
        (person.status == 200 && person.body["ownedCount"] == 1).then_some(person.body)
    })
    .await;
    assert!(!person.to_string().contains("Screen test"), "no content: {person}");
}
