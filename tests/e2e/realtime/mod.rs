mod connect;
mod disconnect;
mod end_sessions;
mod forget_user;
mod push_notifications;
mod receive_message;

use tests::{Cloud, User};

/// The sort keys of what is held on a user.
async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    use aws_sdk_dynamodb::types::AttributeValue;
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("realtime#user#{}", user.id)));
    let items = query.consistent_read(true).send().await.expect("items").items.unwrap_or_default();
    items.iter().map(|item| item["sk"].as_s().expect("a text").clone()).collect()
}
