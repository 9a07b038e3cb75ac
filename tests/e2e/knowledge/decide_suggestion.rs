//! `POST /v1/aquarium/species/{id}/suggestions/{suggestionId}/decision`

use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

use super::support::{call, decision, new_species, refuses_strangers, suggest, verified};

#[tokio::test]
async fn an_accepted_value_is_shown_with_its_source_and_the_user_is_notified() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.new_admin().await, verified(&cloud).await);
    let species = new_species(&cloud, &admin).await;
    let suggestion = suggest(&cloud, &user, &species, "a", "8").await.expect(201);
    let path = decision(&species, &suggestion);
    let accept = json!({ "verdict": "accept", "reason": "Thank you." });
    for _ in 0..2 {
        let decided = call(&cloud, &admin, ("POST", &path), Some(&accept)).await.expect(200);
        assert_eq!(decided["state"], "accepted");
    }
    let shown = cloud.get(&format!("/v1/aquarium/species/{species}")).send().await.expect(200);
    assert_eq!(shown["facts"]["minGroup"]["value"], 8);
    assert_eq!(shown["sources"].as_object().unwrap().len(), 1, "the source of the suggestion was known");
    let notified = eventually("the notification", async || {
        let inbox = call(&cloud, &user, ("GET", "/v1/notifications"), None).await.expect(200);
        inbox["items"].as_array().unwrap().iter().find(|item| item["kind"] == "suggestion_decided").cloned()
    })
    .await;
    assert_eq!(notified["data"]["suggestionId"], suggestion["id"]);
    assert_eq!(notified["link"], format!("/species/{species}"));
    let reject = json!({ "verdict": "reject", "reason": "Too late." });
    let late = call(&cloud, &admin, ("POST", &path), Some(&reject)).await;
    late.expect_problem(409, "knowledge.suggestion_decided");
}

#[tokio::test]
async fn a_rejection_needs_a_reason_and_a_suggestion() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.new_admin().await, verified(&cloud).await);
    let species = new_species(&cloud, &admin).await;
    let suggestion = suggest(&cloud, &user, &species, "a", "8").await.expect(201);
    let path = decision(&species, &suggestion);
    let unexplained = call(&cloud, &admin, ("POST", &path), Some(&json!({ "verdict": "reject" }))).await;
    unexplained.expect_problem(422, "request.invalid");
    let accept = json!({ "verdict": "accept" });
    let none = decision(&species, &json!({ "id": Uuid::now_v7().to_string() }));
    call(&cloud, &admin, ("POST", &none), Some(&accept)).await.expect_problem(404, "knowledge.no_such_suggestion");
    refuses_strangers(&cloud, ("POST", &path), Some(&accept)).await;
    cloud.pass_as_verified(&admin).await;
    let own = suggest(&cloud, &admin, &species, "b", "9").await.expect(201);
    let own = call(&cloud, &admin, ("POST", &decision(&species, &own)), Some(&accept)).await;
    own.expect_problem(403, "knowledge.own_suggestion");
}
