//! `POST /v1/aquarium/aquariums/{id}/tasks/{taskId}/done`

use serde_json::json;

use super::support::{Shared, rolling};

#[tokio::test]
async fn a_completion_is_an_entry_of_the_timeline_and_names_its_occurrence() {
    let shared = Shared::start().await;
    let task = shared.task(&rolling()).await;
    let path = format!("/{}/done", task["id"].as_str().unwrap());
    let body = json!({ "occurrence": task["nextAt"], "note": "The cup was full." });
    shared.expect_refused("POST", &path, 0, Some(&body), false).await;
    let done = shared.task_call("POST", &shared.keeper, &path, 0, Some(&body)).await.expect(200);
    assert_eq!((&done["outcome"], &done["entrySeq"]), (&json!("done"), &json!(1)));
    assert!(done["task"]["nextAt"].as_str() > task["nextAt"].as_str(), "{done}");
    // The other keeper of the aquarium a moment later.
    let again = shared.task_call("POST", &shared.owner, &path, 0, Some(&body)).await.expect(200);
    assert_eq!(again, done);
    let entry = shared.get(&shared.viewer, "/entries/1").await.expect(200);
    assert_eq!((&entry["type"], &entry["note"]), (&json!("task_done"), &json!("The cup was full.")));
    assert_eq!((&entry["content"]["taskId"], &entry["content"]["dueAt"]), (&task["id"], &task["nextAt"]));
    let other = json!({ "occurrence": "2026-01-01T00:00:00Z" });
    let wrong = shared.task_call("POST", &shared.keeper, &path, 0, Some(&other)).await;
    wrong.expect_problem(409, "timeline.occurrence_not_open");
}
