//! `GET /v1/aquarium/aquariums/{id}/tasks`

use tests::eventually;

use super::support::{Shared, rolling};

#[tokio::test]
async fn members_list_the_tasks_of_an_aquarium() {
    let shared = Shared::start().await;
    let (first, second) = (shared.task(&rolling()).await, shared.task(&rolling()).await);
    let items = eventually("both tasks", async || {
        let page = shared.task_call("GET", &shared.viewer, "", 0, None).await.expect(200);
        let items = page["items"].as_array().unwrap().clone();
        (items.len() == 2).then_some(items)
    })
    .await;
    assert!(items.contains(&first) && items.contains(&second));
    shared.expect_refused("GET", "", 0, None, true).await;
}
