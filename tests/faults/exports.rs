//! Exports whose event comes several times, and exports that take several invocations.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use contracts::identity::ExportRequested;
use contracts::{Actor, Envelope};
use futures::{TryStreamExt, stream};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, User, eventually, eventually_within};
use types::EventId;

const RUNNER: &str = "identity-run-export";

/// Requests an export and returns its id.
async fn requested(cloud: &Cloud, user: &User) -> String {
    let requested = cloud.request_export(user).await;
    requested["id"].as_str().unwrap().to_owned()
}

fn event(user: &User, id: &str) -> Envelope<ExportRequested> {
    let data = ExportRequested { user_id: user.id.parse().unwrap(), export_id: id.parse().unwrap() };
    let event_id = EventId::generate();
    Envelope::new(event_id, Timestamp::now(), format!("fault-test-{event_id}"), Actor::System, data)
}

async fn document(cloud: &Cloud, user: &User, id: &str) -> Value {
    let path = format!("/v1/users/me/exports/{id}");
    let done = eventually_within(std::time::Duration::from_mins(3), "the export", async || {
        let reply = cloud.get(&path).bearer(&user.access_token).send().await.expect(200);
        assert_ne!(reply["status"], "failed", "{reply}");
        (reply["status"] == "done").then_some(reply)
    })
    .await;
    let (status, document) = cloud.fetch(done["url"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    serde_json::from_slice(&document).unwrap()
}

/// How many notifications say that an export is ready.
async fn ready(cloud: &Cloud, user: &User) -> usize {
    let inbox = cloud.get("/v1/notifications").bearer(&user.access_token).send().await.expect(200);
    inbox["items"].as_array().unwrap().iter().filter(|item| item["title"] == "Your data export is ready").count()
}

#[tokio::test]
async fn an_export_event_that_comes_five_times_makes_one_file_and_one_notification() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let id = requested(&cloud, &user).await;
    let events: Vec<_> = (0..5).map(|_| event(&user, &id)).collect();
    // Two before and three after the end, and each of them twice.
    for event in &events[..2] {
        cloud.publish(event).await;
        cloud.publish(event).await;
    }
    let first = document(&cloud, &user, &id).await;
    for event in &events[2..] {
        cloud.publish(event).await;
        cloud.publish(event).await;
    }
    for event in &events {
        eventually("the event's log line", async || cloud.logged(RUNNER, &event.correlation_id).then_some(())).await;
    }
    assert_eq!(document(&cloud, &user, &id).await, first);
    eventually("the notification", async || (ready(&cloud, &user).await > 0).then_some(())).await;
    // What was requested twice would be under way before the next user's mail.
    cloud.mail(&cloud.sign_up().await.email).await;
    assert_eq!(ready(&cloud, &user).await, 1);
    assert_eq!(cloud.objects(&user.id).await.len(), 1);
}

const ITEMS: usize = 5_000;
/// Five times as many bytes as one part of the file has, and more.
const ITEM_BYTES: usize = 6_000;
/// What the template says.
const TIMEOUT_SECONDS: u32 = 60;
/// Half of it is the margin that a consumer leaves, so that it has time for two parts whose upload takes two seconds each.
const SHORT_TIMEOUT_SECONDS: u32 = 10;

/// Puts messages into the user's partition of another context.
async fn fill(cloud: &Cloud, user: &User) {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let text = |text: String| AttributeValue::S(text);
    let put = |number: usize| {
        let put = PutRequest::builder()
            .item("pk", text(format!("realtime#user#{}", user.id)))
            .item("sk", text(format!("message#{number:08}")))
            .item("version", AttributeValue::N("1".to_owned()))
            .item("created_number", AttributeValue::N(number.to_string()))
            .item("note", text("n".repeat(ITEM_BYTES)));
        WriteRequest::builder().put_request(put.build().unwrap()).build()
    };
    let numbers: Vec<_> = (0..ITEMS).collect();
    stream::iter(numbers.chunks(25).map(Ok::<_, ()>))
        .try_for_each_concurrent(4, |numbers| {
            let puts: Vec<_> = numbers.iter().map(|number| put(*number)).collect();
            let write = client.batch_write_item().request_items(cloud.table_name(), puts);
            async move {
                assert!(write.send().await.unwrap().unprocessed_items.unwrap_or_default().is_empty());
                Ok(())
            }
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn an_export_of_thousands_of_items_is_continued_and_whole() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    fill(&cloud, &user).await;
    cloud.set_timeout(RUNNER, SHORT_TIMEOUT_SECONDS).await;
    cloud.inject(&json!({ "service": "s3", "operation": "PutObject", "delayMs": 2_000, "count": 8 })).await;
    let before = cloud.log().len();
    let id = requested(&cloud, &user).await;
    let document = document(&cloud, &user, &id).await;
    cloud.clear_faults().await;
    cloud.set_timeout(RUNNER, TIMEOUT_SECONDS).await;

    let messages = document["sections"]["realtime"]["messages"].as_array().unwrap();
    let numbers: Vec<_> = messages.iter().map(|message| message["createdNumber"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..ITEMS as u64).collect::<Vec<_>>());
    // A continuation is a new message: nothing failed, and nothing waited for a visibility time-out.
    let lines: Vec<_> = cloud.log().into_iter().skip(before).filter(|line| line.starts_with(RUNNER)).collect();
    let with = |text: &str| lines.iter().filter(|line| line.contains(text)).count();
    assert!(with("\"continued\"") >= 2 && with("\"applied\"") == 1, "{lines:?}");
    assert_eq!(with("\"outcome\":\"failed\""), 0, "{lines:?}");
    eventually("the notification", async || (ready(&cloud, &user).await == 1).then_some(())).await;
}
