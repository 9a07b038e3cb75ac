//! `POST /v1/aquarium/guides`

use serde_json::json;
use tests::{Cloud, new_slug};

use super::support::{create_guide, guide};

#[tokio::test]
async fn a_guide_begins_as_a_draft_and_is_created_once() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let slug = new_slug();
    let first = create_guide(&cloud, &manager, "a", &guide(&slug, "Water")).await;
    let location = first.header("location").to_owned();
    let first = first.expect(201);
    assert_eq!(location, format!("/v1/aquarium/guides/{}/versions/1", first["id"].as_str().unwrap()));
    assert_eq!((&first["newestState"], &first["published"]), (&json!("draft"), &json!(null)));
    assert_eq!(create_guide(&cloud, &manager, "a", &guide(&slug, "Water")).await.expect(201)["id"], first["id"]);
    let other = create_guide(&cloud, &manager, "a", &guide(&slug, "Other")).await;
    other.expect_problem(422, "request.idempotency_key_reused");
    let taken = create_guide(&cloud, &manager, "b", &guide(&slug, "Water")).await;
    taken.expect_problem(409, "knowledge.slug_taken");
}

#[tokio::test]
async fn harmful_markdown_and_unknown_species_are_refused() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let mut body = guide(&new_slug(), "Water");
    body["speciesIds"] = json!(["no-such-species"]);
    create_guide(&cloud, &manager, "a", &body).await.expect_problem(422, "knowledge.unknown_species");
    body["speciesIds"] = json!([]);
    body["body"] = json!("# Title\n<script>alert(1)</script>");
    let refused = create_guide(&cloud, &manager, "a", &body).await;
    refused.expect_problem(422, "request.invalid");
    assert!(refused.body["errors"][0]["message"].as_str().unwrap().starts_with("line 2"), "{}", refused.body);
}

#[tokio::test]
async fn only_the_staff_creates_guides() {
    let cloud = Cloud::connect().await;
    let stranger = cloud.sign_up().await;
    let body = guide(&new_slug(), "Water");
    create_guide(&cloud, &stranger, "a", &body).await.expect_problem(403, "auth.forbidden");
    let nobody = cloud.post("/v1/aquarium/guides").header("idempotency-key", "a").json(&body).send().await;
    nobody.expect_problem(401, "auth.token_missing");
}
