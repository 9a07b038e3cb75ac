//! `knowledge-run-import` on an uploaded file.

use serde_json::json;
use tests::{Cloud, new_slug};

use super::support::{import, row};

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
