//! Tasks whose functions are killed, and whose messages and requests come again: one reminder, one completion.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Cloud, eventually};
use types::Uuid;

use crate::aquarium_support::{Heard, Shared, backdate, is_notified, requests};
use crate::kills::{Kill, inject, is_met, kill, killed};

const FIRE: &str = "timeline-fire-task";
const COMPLETE: &str = "timeline-complete-task";

/// Sends a message to the queue of the function, as EventBridge Scheduler does.
async fn send(cloud: &Cloud, message: &Value) {
    let client = aws_sdk_sqs::Client::new(&cloud.sdk().await);
    let urls = client.list_queues().send().await.unwrap().queue_urls.unwrap_or_default();
    let url = urls.into_iter().find(|url| url.ends_with(FIRE)).unwrap();
    client.send_message().queue_url(url).message_body(message.to_string()).send().await.unwrap();
}

/// Makes a task due, as if the call of five minutes ago had not come yet; returns the message of that call.
async fn overdue(shared: &Shared, id: &str) -> Value {
    let at = Timestamp::from_second(Timestamp::now().as_second()).unwrap() - SignedDuration::from_mins(5);
    let sort = AttributeValue::S(format!("at#{:015}#{id}", at.as_millisecond()));
    let key = (format!("timeline#aquarium#{}", shared.id), format!("task#{id}"));
    backdate(&shared.cloud, key, &[("pending", AttributeValue::S(at.to_string())), ("gsi1sk", sort)]).await;
    json!({ "aquariumId": shared.id, "taskId": id, "at": at })
}

/// Waits until the function has handled so many messages about a task.
async fn fired(cloud: &Cloud, id: &str, times: usize) {
    eventually("the task's messages", async || {
        let is_done =
            |line: &&String| line.starts_with(FIRE) && line.contains(id) && line.contains("\"outcome\":\"ok\"");
        (cloud.log().iter().filter(is_done).count() >= times).then_some(())
    })
    .await;
}

/// How many calls of the timer there are for a task.
async fn calls(cloud: &Cloud, id: &str) -> usize {
    let (client, prefix) = (aws_sdk_scheduler::Client::new(&cloud.sdk().await), id.replace('-', ""));
    let listed = client.list_schedules().name_prefix(&prefix).send().await.unwrap();
    listed.schedules.iter().filter(|call| call.name().is_some_and(|name| name.starts_with(&prefix))).count()
}

#[tokio::test]
async fn a_task_reminds_once_however_often_its_message_comes_and_whenever_the_function_is_killed() {
    let shared = Shared::start().await;
    let cloud = &shared.cloud;
    let mut heard = Heard::new(cloud, &["timeline.task_changed.v1", "notifications.requested.v1"]).await;
    let (partition, marker) = (format!("timeline#aquarium#{}", shared.id), Uuid::now_v7().to_string());
    for when in ["before", "after"] {
        let task = shared.task().await;
        let id = task["id"].as_str().unwrap();
        let message = overdue(&shared, id).await;
        // After the write, the next call is still to be requested: the repeated message does that.
        let at = Kill::keys(FIRE, "TransactWriteItems", &partition, when);
        inject(cloud, &at).await;
        send(cloud, &message).await;
        is_met(cloud, &at).await;
        kill(cloud, FIRE).await;
        send(cloud, &json!({ "detail": marker })).await;
        for _ in 0..2 {
            send(cloud, &message).await;
        }
        let dead = cloud.take_dead_letter("timeline-dead-letters", &marker).await;
        assert!(dead.reason.starts_with("the message names no task"), "{}", dead.reason);
        fired(cloud, id, 3).await;
        eventually("the next call", async || (calls(cloud, id).await > 1).then_some(())).await;
        for user in [&shared.owner, &shared.keeper] {
            is_notified(cloud, user, "task_due", ("taskId", id), 1).await;
        }
        let deleted = shared.call("DELETE", &format!("/tasks/{id}")).header("if-match", "\"2\"").send().await;
        assert_eq!(deleted.status, 204, "{at:?}: one change besides the creation: {}", deleted.body);
        // Created, due, deleted.
        let changed = |event: &Value| event["type"] == "timeline.task_changed" && event["data"]["taskId"] == id;
        heard.until("the deletion", 3, changed).await;
        assert_eq!(heard.count(changed), 3, "{at:?}");
        assert_eq!(heard.count(|event| requests(event, "task_id", id)), 1, "{at:?}");
    }
}

#[tokio::test]
async fn a_completion_that_is_killed_and_repeated_is_one_entry_of_the_timeline() {
    let shared = Shared::start().await;
    let cloud = &shared.cloud;
    let mut heard = Heard::new(cloud, &["timeline.entries_appended.v1", "timeline.task_changed.v1"]).await;
    let partition = format!("timeline#aquarium#{}", shared.id);
    for (seq, when) in (1..).zip(["before", "after"]) {
        let task = shared.task().await;
        let id = task["id"].as_str().unwrap();
        let (path, body) = (format!("/tasks/{id}/done"), json!({ "occurrence": task["nextAt"] }));
        let at = Kill::keys(COMPLETE, "TransactWriteItems", &partition, when);
        let failed = Box::pin(killed(cloud, &at, shared.post(&path, &body))).await;
        assert!(failed.status >= 500, "{at:?}: {}", failed.body);
        let done = shared.post(&path, &body).await.expect(200);
        assert_eq!((&done["outcome"], &done["entrySeq"]), (&json!("done"), &json!(seq)), "{at:?}");
        assert_eq!(shared.post(&path, &body).await.expect(200), done);
        assert!(done["task"]["nextAt"].as_str() > task["nextAt"].as_str(), "{done}");
        let entry = shared.call("GET", &format!("/timeline/entries/{seq}")).send().await.expect(200);
        assert_eq!((&entry["type"], &entry["content"]["taskId"]), (&json!("task_done"), &task["id"]));
        let changed = |event: &Value| event["type"] == "timeline.task_changed" && event["data"]["taskId"] == id;
        heard.until("the completion", 2, changed).await;
        assert_eq!(heard.count(changed), 2, "{at:?}: created and done");
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
