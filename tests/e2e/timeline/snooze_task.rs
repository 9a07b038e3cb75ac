//! `POST /v1/aquarium/aquariums/{id}/tasks/{taskId}/snooze`

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::support::{Shared, rolling};

#[tokio::test]
async fn only_open_occurrences_are_snoozed_and_for_a_bounded_time() {
    let shared = Shared::start().await;
    let task = shared.task(&rolling()).await;
    let path = format!("/{}/snooze", task["id"].as_str().unwrap());
    let until = |hours| Timestamp::now() + SignedDuration::from_hours(hours);
    let body = |hours| json!({ "occurrence": task["nextAt"], "until": until(hours).to_string() });
    shared.expect_refused("POST", &path, 0, Some(&body(1)), false).await;
    let early = shared.task_call("POST", &shared.keeper, &path, 0, Some(&body(1))).await;
    early.expect_problem(409, "timeline.occurrence_not_open");
    for hours in [-1, 31 * 24] {
        let wrong = shared.task_call("POST", &shared.keeper, &path, 0, Some(&body(hours))).await;
        wrong.expect_problem(422, "request.invalid");
    }
}
