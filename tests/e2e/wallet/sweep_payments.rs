//! `wallet-sweep-payments`: what nobody was told of.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde_json::json;
use tests::{CARD, Cloud, User};
use types::Uuid;
use wallet::store::UNFINISHED_SHARDS;

/// Makes a deposit due.
async fn age(cloud: &Cloud, user: &User, id: &str) {
    let text = |text: String| AttributeValue::S(text);
    let past = Timestamp::now() - Duration::from_mins(10);
    let shard = id.parse::<Uuid>().unwrap().as_u128() % u128::from(UNFINISHED_SHARDS);
    let update = aws_sdk_dynamodb::Client::new(&cloud.sdk().await)
        .update_item()
        .table_name(cloud.table_name())
        .key("pk", text(format!("wallet#user#{}", user.id)))
        .key("sk", text(format!("deposit#{id}")))
        .update_expression("SET look_at = :past, gsi1pk = :part, gsi1sk = :due")
        .expression_attribute_values(":past", text(past.to_string()))
        .expression_attribute_values(":part", text(format!("wallet#unpaid#{shard}")))
        .expression_attribute_values(":due", text(format!("due#{:015}#{id}", past.as_millisecond())));
    update.send().await.unwrap();
}

#[tokio::test]
async fn a_deposit_whose_webhook_was_lost_is_found() {
    let cloud = Cloud::connect().await;
    let ann = cloud.cardholder().await;
    let deposit = cloud.deposit(&ann, None, "a").await.expect(201);
    let id = deposit["id"].as_str().unwrap();
    let lost = json!({ "service": "payments", "operation": "Webhook", "error": "lost", "contains": id });
    cloud.inject(&lost).await;
    let paid = json!({ "clientSecret": deposit["clientSecret"], "paymentMethod": CARD });
    assert_eq!(cloud.local("POST", "payments/confirm").json(&paid).send().await.status, 200);
    assert_eq!(cloud.available(&ann, "EUR").await, 0);
    age(&cloud, &ann, id).await;
    cloud.invoke("wallet-sweep-payments").await;
    cloud.deposit_until(&ann, id, "completed").await;
    // The webhook after all, late.
    let payment = cloud.charged(&format!("deposit:{}:{id}", ann.id)).await.unwrap().id;
    cloud.local("POST", "payments/resend").json(&json!({ "payment": payment })).send().await;
    assert_eq!(cloud.available(&ann, "EUR").await, 2_000);
}
