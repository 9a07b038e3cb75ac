//! `knowledge-run-import` on an uploaded file.

use serde_json::json;
use tests::{Cloud, eventually, new_slug};

use super::support::{import, new_species, row};

#[tokio::test]
async fn rows_are_applied_and_applied_again_without_a_change() {
    let cloud = Cloud::connect().await;
    let admin = cloud.new_admin().await;
    let (good, bad) = (new_slug(), new_slug());
    let mut uncited = row(&bad, "Without a source");
    uncited["facts"]["kind"]["sources"] = json!([]);
    let rows = [row(&good, "With a source"), uncited];
    let done = import(&cloud, &admin, &rows).await;
    assert_eq!((&done["summary"]["created"], &done["summary"]["refused"]), (&json!(1), &json!(1)), "{done}");
    let again = import(&cloud, &admin, &rows).await;
    assert_eq!((&again["summary"]["unchanged"], &again["summary"]["refused"]), (&json!(1), &json!(1)), "{again}");
    let (status, results) = cloud.fetch(again["resultsUrl"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    let results = String::from_utf8(results).unwrap();
    assert!(results.contains("facts.kind.sources"), "{results}");
    cloud.get(&format!("/v1/aquarium/species/{bad}")).send().await.expect_problem(404, "knowledge.no_such_species");
}

#[tokio::test]
async fn an_imported_species_is_found_by_search() {
    let cloud = Cloud::connect().await;
    let admin = cloud.new_admin().await;
    let id = new_species(&cloud, &admin).await;
    let found = eventually("the species in search", async || {
        let page = cloud.get(&format!("/v1/search/species?q={id}")).send().await.expect(200);
        page["hits"].as_array().unwrap().iter().find(|hit| hit["id"] == id.as_str()).cloned()
    })
    .await;
    assert_eq!(found["names"]["en"], format!("Common {id}"));
}
