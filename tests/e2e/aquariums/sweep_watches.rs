//! `aquariums-sweep-watches`: a device that sends nothing.

use aws_sdk_dynamodb::types::AttributeValue;
use tests::eventually;

use super::readings_support::Tank;

#[tokio::test]
async fn a_silent_device_is_reported_to_its_owner() {
    let tank = Tank::new().await;
    let (device, _) = tank.device().await;
    // As if it had been paired two hours ago.
    let paired = jiff::Timestamp::now().as_second() - 7_200;
    let (text, number) = (AttributeValue::S, |number: i64| AttributeValue::N(number.to_string()));
    let update = aws_sdk_dynamodb::Client::new(&tank.cloud.sdk().await)
        .update_item()
        .table_name(tank.cloud.table_name())
        .key("pk", text(format!("aquariums#device#{device}")))
        .key("sk", text("watch".to_owned()))
        .update_expression("SET paired = :paired, due = :due, gsi1sk = :sort")
        .expression_attribute_values(":paired", number(paired))
        .expression_attribute_values(":due", number(paired + 3_600))
        .expression_attribute_values(":sort", text(format!("watch#{:011}#{device}", paired + 3_600)));
    update.send().await.unwrap();
    tank.cloud.invoke("aquariums-sweep-watches").await;
    let notice = eventually("the notification", async || {
        let inbox = tank.cloud.get("/v1/notifications").bearer(&tank.owner.access_token).send().await.expect(200);
        let items = inbox["items"].as_array()?.clone();
        items.into_iter().find(|item| item["kind"] == "device_silent")
    })
    .await;
    assert_eq!(notice["data"]["deviceId"], device.as_str());
    // It is reported once.
    tank.cloud.invoke("aquariums-sweep-watches").await;
    let inbox = tank.cloud.get("/v1/notifications").bearer(&tank.owner.access_token).send().await.expect(200);
    let notices = inbox["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "device_silent");
    assert_eq!(notices.count(), 1);
}
