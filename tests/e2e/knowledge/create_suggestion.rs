//! `POST /v1/aquarium/species/{id}/suggestions`

use serde_json::json;
use tests::Cloud;

use super::support::{new_species, source, suggest, verified};

#[tokio::test]
async fn a_verified_user_suggests_a_value_once() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.new_admin().await, verified(&cloud).await);
    let species = new_species(&cloud, &admin).await;
    let first = suggest(&cloud, &user, &species, "a", "8").await;
    assert_eq!(first.header("location"), "/v1/aquarium/suggestions/mine");
    let first = first.expect(201);
    assert_eq!((&first["state"], &first["value"], &first["source"]), (&json!("open"), &json!(8), &source()));
    assert_eq!(suggest(&cloud, &user, &species, "a", "8").await.expect(201)["id"], first["id"]);
    suggest(&cloud, &user, &species, "a", "9").await.expect_problem(422, "request.idempotency_key_reused");
    suggest(&cloud, &user, &species, "b", "many").await.expect_problem(422, "request.invalid");
    suggest(&cloud, &user, "no-such-species", "b", "8").await.expect_problem(404, "knowledge.no_such_species");
}

#[tokio::test]
async fn suggestions_need_a_verified_address() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.new_admin().await, cloud.sign_up().await);
    let species = new_species(&cloud, &admin).await;
    suggest(&cloud, &user, &species, "a", "8").await.expect_problem(403, "auth.email_unverified");
    let path = format!("/v1/aquarium/species/{species}/suggestions");
    let body = json!({ "field": "minGroup", "value": "8", "source": source() });
    let nobody = cloud.post(&path).header("idempotency-key", "a").json(&body).send().await;
    nobody.expect_problem(401, "auth.token_missing");
}
