//! `POST /v1/aquarium/aquariums/{id}/tasks/{taskId}/skip`

use serde_json::json;

use super::support::{Shared, rolling};

#[tokio::test]
async fn a_skipped_occurrence_is_an_entry_of_the_timeline() {
    let shared = Shared::start().await;
    let task = shared.task(&rolling()).await;
    let path = format!("/{}/skip", task["id"].as_str().unwrap());
    let body = json!({ "occurrence": task["nextAt"] });
    shared.expect_refused("POST", &path, 0, Some(&body), false).await;
    let skipped = shared.task_call("POST", &shared.keeper, &path, 0, Some(&body)).await.expect(200);
    assert_eq!((&skipped["outcome"], &skipped["task"]["doneAt"]), (&json!("skipped"), &json!(null)));
    assert_eq!(shared.get(&shared.owner, "/entries/1").await.expect(200)["type"], "task_skipped");
    let other = json!({ "occurrence": "2026-01-01T00:00:00Z" });
    let wrong = shared.task_call("POST", &shared.keeper, &path, 0, Some(&other)).await;
    wrong.expect_problem(409, "timeline.occurrence_not_open");
}
