//! `POST /v1/aquarium/aquariums/{id}/tasks`

use serde_json::{Value, json};

use super::support::{Shared, rolling, task_body};

#[tokio::test]
async fn a_keeper_creates_a_task_and_members_see_when_it_is_due() {
    let shared = Shared::start().await;
    let body = task_body(&rolling());
    let task = shared.task_call("POST", &shared.keeper, "", 0, Some(&body)).await.expect(201);
    assert_eq!((&task["status"], &task["version"], &task["open"]), (&json!("scheduled"), &json!(1), &json!([])));
    let id = task["id"].as_str().unwrap();
    let read = shared.task_call("GET", &shared.viewer, &format!("/{id}"), 0, None).await.expect(200);
    assert_eq!(read, task);
    assert_eq!(read["schedule"]["mode"], "rolling");
}

#[tokio::test]
async fn users_who_may_not_create_tasks_and_wrong_schedules_are_refused() {
    let shared = Shared::start().await;
    let body = task_body(&rolling());
    shared.expect_refused("POST", "", 0, Some(&body), false).await;
    let mut wrong = rolling();
    wrong["timeZone"] = json!("Mars/Olympus");
    wrong["everyDays"] = json!(0);
    let reply = shared.task_call("POST", &shared.owner, "", 0, Some(&task_body(&wrong))).await;
    reply.expect_problem(422, "request.invalid");
    let fields: Vec<_> = reply.body["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert!(fields.contains(&&Value::from("schedule.everyDays")), "{fields:?}");
}
