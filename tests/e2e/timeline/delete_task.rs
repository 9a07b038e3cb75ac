//! `DELETE /v1/aquarium/aquariums/{id}/tasks/{taskId}`

use super::support::{Shared, rolling};

#[tokio::test]
async fn a_keeper_deletes_a_task() {
    let shared = Shared::start().await;
    let task = shared.task(&rolling()).await;
    let path = format!("/{}", task["id"].as_str().unwrap());
    shared.expect_refused("DELETE", &path, 1, None, false).await;
    let stale = shared.task_call("DELETE", &shared.keeper, &path, 7, None).await;
    stale.expect_problem(412, "request.version_changed");
    assert_eq!(shared.task_call("DELETE", &shared.keeper, &path, 1, None).await.status, 204);
    shared.task_call("GET", &shared.owner, &path, 0, None).await.expect_problem(404, "timeline.no_such_task");
}
