//! `payments-sweep-payments`: what nobody was told of.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::payments::CaptureMode;
use jiff::Timestamp;
use payments::store::SHARDS;
use serde_json::json;
use tests::{Cloud, OrderToPay};
use types::Uuid;

/// Lets a payment have started earlier, so that it is due.
async fn age(cloud: &Cloud, order: &OrderToPay) {
    let text = |text: String| AttributeValue::S(text);
    let id = order.payment();
    let past = Timestamp::now() - Duration::from_mins(3);
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let update = |sort: &str| {
        let update = client.update_item().table_name(cloud.table_name());
        update.key("pk", text(format!("payments#payment#{id}"))).key("sk", text(sort.to_owned()))
    };
    let started = update("payment").update_expression("SET started_at = :past");
    started.expression_attribute_values(":past", text(past.to_string())).send().await.unwrap();
    let shard = id.parse::<Uuid>().unwrap().as_u128() % u128::from(SHARDS);
    let due = update("due").update_expression("SET gsi1pk = :part, gsi1sk = :due, due_at = :past");
    due.expression_attribute_values(":past", text(past.to_string()))
        .expression_attribute_values(":part", text(format!("payments#due#{shard}")))
        .expression_attribute_values(":due", text(format!("due#{:015}#{id}", past.as_millisecond())))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_payment_whose_webhook_was_lost_is_found() {
    let cloud = Cloud::connect().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    let started = cloud.start_payment(&order, "stripe").await.expect(201);
    let lost = json!({ "service": "payments", "operation": "Webhook", "error": "lost", "contains": order.payment() });
    cloud.inject(&lost).await;
    cloud.confirm_in_form(&started["clientSecret"], "pm_card_visa").await;
    age(&cloud, &order).await;
    drop(cloud.ask("payments-sweep-payments", &json!({})).await);
    cloud.payment_until(&order, |payment| payment["status"] == "captured").await;
}
