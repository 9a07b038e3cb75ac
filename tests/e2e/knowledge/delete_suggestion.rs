//! `DELETE /v1/aquarium/suggestions/{id}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, decision, new_species, suggest, verified};

#[tokio::test]
async fn an_open_suggestion_is_deleted_by_its_user() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.new_admin().await, verified(&cloud).await);
    let species = new_species(&cloud, &admin).await;
    let open = suggest(&cloud, &user, &species, "a", "8").await.expect(201);
    let path = format!("/v1/aquarium/suggestions/{}", open["id"].as_str().unwrap());
    let stranger = call(&cloud, &cloud.sign_up().await, ("DELETE", &path), None).await;
    stranger.expect_problem(404, "knowledge.no_such_suggestion");
    cloud.call("DELETE", &path).send().await.expect_problem(401, "auth.token_missing");
    assert_eq!(call(&cloud, &user, ("DELETE", &path), None).await.status, 204);
    call(&cloud, &user, ("DELETE", &path), None).await.expect_problem(404, "knowledge.no_such_suggestion");
    let decided = suggest(&cloud, &user, &species, "b", "9").await.expect(201);
    let accept = json!({ "verdict": "accept" });
    assert_eq!(call(&cloud, &admin, ("POST", &decision(&species, &decided)), Some(&accept)).await.status, 200);
    let path = format!("/v1/aquarium/suggestions/{}", decided["id"].as_str().unwrap());
    call(&cloud, &user, ("DELETE", &path), None).await.expect_problem(409, "knowledge.suggestion_decided");
}
