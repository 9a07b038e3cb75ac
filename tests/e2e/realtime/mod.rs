mod connect;
mod disconnect;
mod end_sessions;
mod forget_user;
mod push_notifications;
mod receive_message;

use contracts::notifications::{Category, NotificationAdded};
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use tests::{Cloud, User};
use types::{EventId, Uuid};

/// A notification for a user, as the notifications context tells of it.
fn notification(user: &User, title: &str) -> Envelope<NotificationAdded> {
    let data = NotificationAdded {
        user_id: user.id.parse().expect("an id"),
        notification_id: Uuid::now_v7(),
        category: Category::Activity,
        kind: "plain".to_owned(),
        data: contracts::notifications::NotificationIds::default(),
        title: title.to_owned(),
        body: "Somebody watered the plants.".to_owned(),
        link: Some("/points/7".to_owned()),
    };
    let id = EventId::generate();
    Envelope::new(id, Timestamp::now(), format!("realtime-test-{id}"), Actor::System, data)
}

/// The sort keys of what is held on a user.
async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    use aws_sdk_dynamodb::types::AttributeValue;
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("realtime#user#{}", user.id)));
    let items = query.consistent_read(true).send().await.expect("items").items.unwrap_or_default();
    items.iter().map(|item| item["sk"].as_s().expect("a text").clone()).collect()
}
