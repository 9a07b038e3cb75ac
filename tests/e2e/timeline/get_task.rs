//! `GET /v1/aquarium/aquariums/{id}/tasks/{taskId}`

use types::TaskId;

use super::support::{Shared, rolling};

#[tokio::test]
async fn members_read_a_task_and_strangers_find_nothing() {
    let shared = Shared::start().await;
    let task = shared.task(&rolling()).await;
    let path = format!("/{}", task["id"].as_str().unwrap());
    for user in [&shared.owner, &shared.keeper, &shared.viewer] {
        let reply = shared.task_call("GET", user, &path, 0, None).await;
        assert_eq!(reply.header("etag"), "\"1\"");
        assert_eq!(reply.expect(200), task);
    }
    shared.expect_refused("GET", &path, 0, None, true).await;
    let none = shared.task_call("GET", &shared.owner, &format!("/{}", TaskId::generate()), 0, None).await;
    none.expect_problem(404, "timeline.no_such_task");
}
