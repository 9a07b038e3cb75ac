//! `GET /v1/aquarium/guides`

use tests::{Cloud, eventually};

use super::support::{call, new_species, published_guide};

#[tokio::test]
async fn guides_are_found_by_language_and_species() {
    let cloud = Cloud::connect().await;
    let (admin, reviewer) = (cloud.new_admin().await, cloud.manager().await);
    let species = new_species(&cloud, &admin).await;
    let (path, slug) = published_guide(&cloud, &admin, &reviewer).await;
    let change = serde_json::json!({ "speciesIds": [species] });
    let update = cloud.call("PATCH", &path).bearer(&admin.access_token).header("if-match", "\"3\"");
    assert_eq!(update.json(&change).send().await.status, 200);
    let review = serde_json::json!({ "version": 2, "verdict": "approve" });
    assert_eq!(call(&cloud, &reviewer, ("POST", &format!("{path}/review")), Some(&review)).await.status, 200);
    let publish = serde_json::json!({ "version": 2 });
    assert_eq!(call(&cloud, &admin, ("POST", &format!("{path}/publish")), Some(&publish)).await.status, 200);
    eventually("the guide in the index", async || {
        let page = cloud.get(&format!("/v1/aquarium/guides?speciesId={species}&language=en")).send().await.expect(200);
        page["items"].as_array().unwrap().iter().any(|item| item["slug"] == slug.as_str()).then_some(())
    })
    .await;
    assert_eq!(cloud.get("/v1/aquarium/guides?language=en").send().await.status, 200);
    cloud.get("/v1/aquarium/guides").send().await.expect_problem(422, "request.invalid");
    cloud.get("/v1/aquarium/guides?language=english").send().await.expect_problem(422, "request.invalid");
}
