//! Every minute, what was left lying is sent.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::notifications::{Category, Channel};
use tests::{Cloud, notification};

/// Two runs of the schedule, and what comes after them.
const TWO_RUNS: Duration = Duration::from_secs(140);

#[tokio::test]
async fn a_delivery_whose_message_was_lost_is_sent_by_the_next_sweep() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    // A delivery as a planner wrote it who was killed before anything else happened: the same item, under another id.
    let event = notification(&[user.user_id()], Category::Reminders, Some(&[Channel::Email]), "Cats");
    cloud.publish(&event).await;
    let id = event.data.notification_id;
    cloud.delivery(&user, id, Channel::Email, &["sent"]).await;
    let mut item = cloud.notifications_item(&user, &format!("delivery#{id}#email")).await.unwrap();
    let lost = types::Uuid::now_v7();
    let due = jiff::Timestamp::now();
    let text = |text: String| AttributeValue::S(text);
    let order = format!("{:016}#{}#{lost}#email", due.as_millisecond(), user.id);
    let shard = user.user_id().uuid().as_bytes()[15] % notifications::store::DUE_SHARDS;
    item.insert("sk".to_owned(), text(format!("delivery#{lost}#email")));
    item.insert("notification_id".to_owned(), text(lost.to_string()));
    item.insert("gsi1pk".to_owned(), text(format!("notifications#due#{shard}")));
    item.insert("gsi1sk".to_owned(), text(order));
    let pending = [("state".to_owned(), text("pending".to_owned())), ("due_at".to_owned(), text(due.to_string()))];
    item.insert("status".to_owned(), AttributeValue::M(pending.into()));
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    client.put_item().table_name(cloud.table_name()).set_item(Some(item)).send().await.unwrap();

    let cats = async || cloud.mails(&user.email).await.iter().filter(|mail| mail.subject == "Cats").count();
    tests::eventually_within(TWO_RUNS, "the sweep", async || (cats().await == 2).then_some(())).await;
    cloud.delivery(&user, lost, Channel::Email, &["sent"]).await;
}
