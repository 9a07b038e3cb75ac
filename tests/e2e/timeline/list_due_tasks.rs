//! `GET /v1/aquarium/tasks/due`

use std::time::Duration;

use serde_json::json;
use tests::{User, eventually_within};

use super::support::{Shared, soon};

const PATH: &str = "/v1/aquarium/tasks/due";
/// The next minute, and some patience.
const BOUND: Duration = Duration::from_mins(2);

#[tokio::test]
async fn members_see_what_is_due_until_it_is_done() {
    let shared = Shared::start().await;
    let due = async |user: &User| shared.cloud.get(PATH).bearer(&user.access_token).send().await.expect(200);
    assert_eq!(due(&shared.owner).await, json!({ "items": [], "complete": true }));
    let task = shared.task(&soon()).await;
    let listed = eventually_within(BOUND, "the task is due", async || {
        due(&shared.viewer).await["items"].as_array()?.first().cloned()
    })
    .await;
    assert_eq!((&listed["id"], &listed["open"][0]["dueAt"]), (&task["id"], &task["nextAt"]));
    assert_eq!(due(&shared.stranger).await["items"], json!([]));
    shared.cloud.get(PATH).send().await.expect_problem(401, "auth.token_missing");
    let path = format!("/{}/done", task["id"].as_str().unwrap());
    let body = json!({ "occurrence": task["nextAt"] });
    assert_eq!(shared.task_call("POST", &shared.keeper, &path, 0, Some(&body)).await.status, 200);
    for user in [&shared.owner, &shared.keeper, &shared.viewer] {
        assert_eq!(due(user).await["items"], json!([]));
    }
}
