//! `timeline-sweep-tasks`: a task whose call was lost.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use tests::eventually;

use super::support::{Shared, rolling};

#[tokio::test]
async fn a_task_that_is_overdue_is_fired() {
    let shared = Shared::start().await;
    let task = shared.task(&rolling()).await;
    let id = task["id"].as_str().unwrap();
    // As if the call of five minutes ago had never come.
    let overdue = Timestamp::from_second(Timestamp::now().as_second()).unwrap() - SignedDuration::from_mins(5);
    let text = AttributeValue::S;
    let update = aws_sdk_dynamodb::Client::new(&shared.cloud.sdk().await)
        .update_item()
        .table_name(shared.cloud.table_name())
        .key("pk", text(format!("timeline#aquarium#{}", shared.id)))
        .key("sk", text(format!("task#{id}")))
        .update_expression("SET pending = :at, gsi1sk = :sort")
        .expression_attribute_values(":at", text(overdue.to_string()))
        .expression_attribute_values(":sort", text(format!("at#{:015}#{id}", overdue.as_millisecond())));
    update.send().await.unwrap();
    shared.cloud.invoke("timeline-sweep-tasks").await;
    eventually("the reminder", async || {
        let page = shared.cloud.get("/v1/notifications").bearer(&shared.keeper.access_token).send().await.expect(200);
        let first = page["items"].as_array()?.first()?.clone();
        first["title"].as_str()?.contains("Clean the skimmer").then_some(())
    })
    .await;
    let read = shared.task_call("GET", &shared.owner, &format!("/{id}"), 0, None).await.expect(200);
    assert_eq!(read["version"], 2, "{read}");
}
