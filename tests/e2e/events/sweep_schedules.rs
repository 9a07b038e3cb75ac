//! `events-sweep-schedules`: a chain whose call was lost.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{follow, item, kind, point_of, schedule, schedule_body, told};

#[tokio::test]
async fn what_is_overdue_is_fired_and_goes_on_with_the_next() {
    let cloud = Cloud::connect().await;
    let (creator, follower) = (cloud.sign_up().await, cloud.sign_up().await);
    let (point, kind) = (point_of(&cloud, &creator).await, kind(&cloud, &json!({})).await);
    follow(&cloud, &follower, point).await;
    let made = schedule(&cloud, &creator, &schedule_body(point, &kind)).await;
    let id = made["id"].as_str().unwrap().to_owned();
    // As if the call of five minutes ago had never come.
    let overdue = Timestamp::from_second(Timestamp::now().as_second()).unwrap() - SignedDuration::from_mins(5);
    let text = AttributeValue::S;
    let update = aws_sdk_dynamodb::Client::new(&cloud.sdk().await)
        .update_item()
        .table_name(cloud.table_name())
        .key("pk", text(format!("events#chain#{id}")))
        .key("sk", text("chain".to_owned()))
        .update_expression("SET next_at = :at, gsi1sk = :sort")
        .expression_attribute_values(":at", text(overdue.to_string()))
        .expression_attribute_values(":sort", text(format!("at#{:015}#{id}", overdue.as_millisecond())));
    update.send().await.unwrap();
    cloud.invoke("events-sweep-schedules").await;
    let (title, _, _) = told(&cloud, &follower, Duration::from_secs(30)).await;
    assert!(title.contains("Feeding"), "{title}");
    eventually("the next occurrence", async || {
        let chain = item(&cloud, &format!("events#chain#{id}"), "chain").await?;
        let stored: Timestamp = chain["next_at"].as_s().ok()?.parse().ok()?;
        (stored == made["nextAt"].as_str()?.parse().ok()?).then_some(())
    })
    .await;
}
