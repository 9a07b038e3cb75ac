//! Tasks whose functions are killed, and whose messages and requests come again or out of order: one reminder, one completion.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Cloud, eventually};
use types::Uuid;

use crate::aquarium_support::{Heard, Shared, backdate, is_notified, kill_run_after, requests};
use crate::kills::{Kill, inject, is_met, kill, killed};

const FIRE: &str = "timeline-fire-task";
const SWEEP: &str = "timeline-sweep-tasks";
const CREATE: &str = "timeline-create-task";
const COMPLETE: &str = "timeline-complete-task";

/// A task that is due tomorrow.
fn task_body() -> Value {
    let tomorrow = Timestamp::now().in_tz("Europe/Berlin").unwrap().date().tomorrow().unwrap();
    let schedule = json!({
        "mode": "rolling", "everyDays": 3, "time": "18:00", "startsOn": tomorrow.to_string(), "timeZone": "Europe/Berlin",
    });
    json!({ "title": "Clean the skimmer", "category": "cleaning", "schedule": schedule })
}

async fn create(shared: &Shared) -> Value {
    shared.post("/tasks", &task_body()).await.expect(201)
}

fn id_of(task: &Value) -> &str {
    task["id"].as_str().unwrap()
}

/// What the partition keys of everything about the aquarium begin with.
fn partition(shared: &Shared) -> String {
    format!("timeline#aquarium#{}", shared.id)
}

/// Sends a message to the queue of the function, as EventBridge Scheduler does.
async fn send(cloud: &Cloud, message: &Value) {
    let client = aws_sdk_sqs::Client::new(&cloud.sdk().await);
    let urls = client.list_queues().send().await.unwrap().queue_urls.unwrap_or_default();
    let url = urls.into_iter().find(|url| url.ends_with(FIRE)).unwrap();
    client.send_message().queue_url(url).message_body(message.to_string()).send().await.unwrap();
}

/// The message of a call.
fn message(shared: &Shared, id: &str, at: Timestamp) -> Value {
    json!({ "aquariumId": shared.id, "taskId": id, "at": at })
}

/// Makes a task due, as if it had been created before, and the call of five minutes ago had not come yet. Returns the time of that
/// call.
async fn overdue(shared: &Shared, id: &str) -> Timestamp {
    let at = Timestamp::from_second(Timestamp::now().as_second()).unwrap() - SignedDuration::from_mins(5);
    let text = |at: Timestamp| AttributeValue::S(at.to_string());
    // Without the earlier time the occurrence would not be later than the creation, and its event would say nothing new.
    let through = at - SignedDuration::from_mins(5);
    let sort = AttributeValue::S(format!("at#{:015}#{id}", at.as_millisecond()));
    let key = (partition(shared), format!("task#{id}"));
    backdate(&shared.cloud, key, &[("pending", text(at)), ("through", text(through)), ("gsi1sk", sort)]).await;
    at
}

/// How many messages about a task the function has handled with a result; without one, whatever the result.
fn fired(cloud: &Cloud, id: &str, code: Option<&str>) -> usize {
    let code = code.map(|code| format!("\"code\":\"{code}\""));
    let is_done = |line: &&String| {
        line.starts_with(FIRE)
            && line.contains(id)
            && line.contains("\"outcome\":\"ok\"")
            && code.as_ref().is_none_or(|code| line.contains(code))
    };
    cloud.log().iter().filter(is_done).count()
}

/// Waits until the function has handled so many messages about a task.
async fn is_fired(cloud: &Cloud, id: &str, times: usize) {
    eventually("the task's messages", async || (fired(cloud, id, None) >= times).then_some(())).await;
}

/// How many calls of the timer there are for a task.
async fn calls(cloud: &Cloud, id: &str) -> usize {
    let (client, prefix) = (aws_sdk_scheduler::Client::new(&cloud.sdk().await), id.replace('-', ""));
    let listed = client.list_schedules().name_prefix(&prefix).send().await.unwrap();
    listed.schedules.iter().filter(|call| call.name().is_some_and(|name| name.starts_with(&prefix))).count()
}

/// True for an event that this task changed.
fn changed(id: &str) -> impl Fn(&Value) -> bool + Copy {
    move |event| event["type"] == "timeline.task_changed" && event["data"]["taskId"] == id
}

/// Deletes a task that became due once and did not change besides, and expects one reminder and three events: created, due, deleted.
async fn reminded_once(shared: &Shared, heard: &mut Heard, id: &str, what: &str) {
    let cloud = &shared.cloud;
    for user in [&shared.owner, &shared.keeper] {
        is_notified(cloud, user, "task_due", ("taskId", id), 1).await;
    }
    let deleted = shared.call("DELETE", &format!("/tasks/{id}")).header("if-match", "\"2\"").send().await;
    assert_eq!(deleted.status, 204, "{what}: one change besides the creation: {}", deleted.body);
    heard.until("the events of the task", 3, changed(id)).await;
    heard.until("the request", 1, |event| requests(event, "task_id", id)).await;
    assert_eq!(heard.count(changed(id)), 3, "{what}");
    assert_eq!(heard.count(|event| requests(event, "task_id", id)), 1, "{what}");
}

#[tokio::test]
async fn a_task_reminds_once_however_often_its_message_comes_and_whenever_the_function_is_killed() {
    let shared = Shared::start().await;
    let cloud = &shared.cloud;
    let mut heard = Heard::new(cloud, &["timeline.task_changed.v1", "notifications.requested.v1"]).await;
    let partition = partition(&shared);
    for when in ["before", "after"] {
        let (task, marker) = (create(&shared).await, Uuid::now_v7().to_string());
        let id = id_of(&task);
        // After the write, the next call is still to be requested: the repeated message does that.
        let at = Kill::keys(FIRE, "TransactWriteItems", &partition, when).containing(id);
        inject(cloud, &at).await;
        // Only now: a scheduled sweep may find the task as soon as it is due.
        let message = message(&shared, id, overdue(&shared, id).await);
        send(cloud, &message).await;
        is_met(cloud, &at).await;
        kill(cloud, FIRE).await;
        send(cloud, &json!({ "detail": marker })).await;
        for _ in 0..2 {
            send(cloud, &message).await;
        }
        let dead = cloud.take_dead_letter("timeline-dead-letters", &marker).await;
        assert!(dead.reason.starts_with("the message names no task"), "{}", dead.reason);
        is_fired(cloud, id, 3).await;
        eventually("the next call", async || (calls(cloud, id).await > 1).then_some(())).await;
        reminded_once(&shared, &mut heard, id, when).await;
    }
}

#[tokio::test]
async fn messages_in_any_order_and_of_deleted_tasks_have_no_effect_besides_that_of_the_current_call() {
    let shared = Shared::start().await;
    let cloud = &shared.cloud;
    let mut heard = Heard::new(cloud, &["timeline.task_changed.v1", "notifications.requested.v1"]).await;
    let (task, other) = (create(&shared).await, create(&shared).await);
    let (id, gone) = (id_of(&task), id_of(&other));
    let deleted = shared.call("DELETE", &format!("/tasks/{gone}")).header("if-match", "\"1\"").send().await;
    assert_eq!(deleted.status, 204, "{}", deleted.body);
    let at = overdue(&shared, id).await;
    // That of tomorrow's reminder comes first, then an older one than the current, and all of them again.
    let later = at + SignedDuration::from_hours(24);
    let older = at - SignedDuration::from_hours(1);
    let messages = [later, older, at, later, at, older].map(|at| message(&shared, id, at));
    for (sent, message) in (1..).zip(&messages) {
        send(cloud, message).await;
        is_fired(cloud, id, sent).await;
    }
    for _ in 0..2 {
        send(cloud, &message(&shared, gone, at)).await;
    }
    is_fired(cloud, gone, 2).await;
    assert_eq!(fired(cloud, id, Some("applied")), 1);
    assert_eq!(fired(cloud, gone, None), fired(cloud, gone, Some("ignored")));
    reminded_once(&shared, &mut heard, id, "reordered").await;
    assert_eq!(heard.count(|event| requests(event, "task_id", gone)), 0);
}

#[tokio::test]
async fn a_sweep_that_is_killed_between_its_messages_lets_every_lost_call_be_made_up_for_once() {
    let shared = Shared::start().await;
    let cloud = &shared.cloud;
    let mut heard = Heard::new(cloud, &["timeline.task_changed.v1", "notifications.requested.v1"]).await;
    for when in ["before", "after"] {
        let tasks = [create(&shared).await, create(&shared).await];
        let due = async {
            for task in &tasks {
                overdue(&shared, id_of(task)).await;
            }
        };
        // The message of the other task is sent, or not even begun.
        kill_run_after(cloud, &Kill::message(SWEEP, id_of(&tasks[0]), when), due).await;
        for _ in 0..2 {
            cloud.invoke(SWEEP).await;
        }
        for task in &tasks {
            is_fired(cloud, id_of(task), 1).await;
            reminded_once(&shared, &mut heard, id_of(task), when).await;
        }
    }
}

#[tokio::test]
async fn a_creation_that_is_killed_and_repeated_is_one_task_with_its_call() {
    let shared = Shared::start().await;
    let cloud = &shared.cloud;
    let mut heard = Heard::new(cloud, &["timeline.task_changed.v1"]).await;
    let (partition, path) = (partition(&shared), format!("/v1/aquarium/aquariums/{}/tasks", shared.id));
    let body = task_body();
    for (count, when) in (1..).zip(["before", "after"]) {
        let key = Uuid::now_v7().to_string();
        let request = || {
            let call = cloud.post(&path).bearer(&shared.owner.access_token).header("idempotency-key", &key);
            call.json(&body)
        };
        // A text of the creation: keepers of views and members do not write it.
        let at = Kill::keys(CREATE, "TransactWriteItems", &partition, when).containing("Clean the skimmer");
        let failed = Box::pin(killed(cloud, &at, request().send())).await;
        assert!(failed.status >= 500, "{at:?}: {}", failed.body);
        let created = request().send().await.expect(201);
        assert_eq!(request().send().await.expect(201), created, "{at:?}");
        let id = id_of(&created);
        assert_eq!(created["version"], 1, "{at:?}");
        let listed = shared.call("GET", "/tasks").send().await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(count), "{at:?}: {listed}");
        assert_eq!(calls(cloud, id).await, 1, "{at:?}");
        let deleted = shared.call("DELETE", &format!("/tasks/{id}")).header("if-match", "\"1\"").send().await;
        assert_eq!(deleted.status, 204, "{at:?}: {}", deleted.body);
        heard.until("the deletion", 2, changed(id)).await;
        assert_eq!(heard.count(changed(id)), 2, "{at:?}: created and deleted");
        // The next round counts it.
        create(&shared).await;
    }
}

#[tokio::test]
async fn a_completion_that_is_killed_and_repeated_is_one_entry_of_the_timeline() {
    let shared = Shared::start().await;
    let cloud = &shared.cloud;
    let mut heard = Heard::new(cloud, &["timeline.entries_appended.v1", "timeline.task_changed.v1"]).await;
    let partition = partition(&shared);
    for (seq, when) in (1..).zip(["before", "after"]) {
        let task = create(&shared).await;
        let id = id_of(&task);
        let (path, body) = (format!("/tasks/{id}/done"), json!({ "occurrence": task["nextAt"] }));
        // The views of the entry before are written in the same partition at the same time, without the task.
        let at = Kill::keys(COMPLETE, "TransactWriteItems", &partition, when).containing(id);
        let failed = Box::pin(killed(cloud, &at, shared.post(&path, &body))).await;
        assert!(failed.status >= 500, "{at:?}: {}", failed.body);
        let done = shared.post(&path, &body).await.expect(200);
        assert_eq!((&done["outcome"], &done["entrySeq"]), (&json!("done"), &json!(seq)), "{at:?}");
        assert_eq!(shared.post(&path, &body).await.expect(200), done);
        assert!(done["task"]["nextAt"].as_str() > task["nextAt"].as_str(), "{done}");
        let entry = shared.call("GET", &format!("/timeline/entries/{seq}")).send().await.expect(200);
        assert_eq!((&entry["type"], &entry["content"]["taskId"]), (&json!("task_done"), &task["id"]));
        heard.until("the completion", 2, changed(id)).await;
        assert_eq!(heard.count(changed(id)), 2, "{at:?}: created and done");
    }
    let water = json!({ "type": "water_change", "volumeMl": 1_000 });
    let body = json!({ "timeZone": "Europe/Berlin", "entries": [{ "content": water }] });
    let appended = shared.post("/timeline", &body).await.expect(201);
    assert_eq!(appended["lastSeq"], 3, "nothing lies between: {appended}");
    let id = shared.id.to_string();
    let own = |event: &Value| event["type"] == "timeline.entries_appended" && event["data"]["aquariumId"] == id;
    heard.until("the last entry", 3, own).await;
    assert_eq!(heard.count(own), 3);
}
