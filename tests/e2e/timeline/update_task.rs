//! `PATCH /v1/aquarium/aquariums/{id}/tasks/{taskId}`

use serde_json::{Value, json};

use super::support::{Shared, rolling};

#[tokio::test]
async fn a_keeper_edits_pauses_and_resumes_a_task() {
    let shared = Shared::start().await;
    let task = shared.task(&rolling()).await;
    let path = format!("/{}", task["id"].as_str().unwrap());
    let update =
        async |version, body: Value| shared.task_call("PATCH", &shared.keeper, &path, version, Some(&body)).await;
    let edited = update(1, json!({ "title": "Clean the pump", "notes": null })).await.expect(200);
    assert_eq!((&edited["title"], &edited["notes"]), (&json!("Clean the pump"), &Value::Null));
    let paused = update(2, json!({ "paused": true })).await.expect(200);
    assert_eq!((&paused["status"], &paused["nextAt"]), (&json!("paused"), &Value::Null));
    let resumed = update(3, json!({ "paused": false })).await.expect(200);
    assert_eq!((&resumed["status"], &resumed["nextAt"]), (&json!("scheduled"), &task["nextAt"]));
    update(3, json!({ "paused": true })).await.expect_problem(412, "request.version_changed");
    update(4, json!({ "from": "2026-12-24T00:00:00Z" })).await.expect_problem(422, "request.invalid");
    shared.expect_refused("PATCH", &path, 4, Some(&json!({ "paused": true })), false).await;
}
