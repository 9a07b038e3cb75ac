//! `payments-forget-user` on `identity.user_deleted.v1`, `identity.account_reclaimed.v1`

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::payments::CaptureMode;
use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

use super::support::saved_method;

async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let partition = AttributeValue::S(format!("payments#user#{}", user.id));
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", partition).consistent_read(true).send().await.unwrap();
    found.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn whoever_goes_leaves_amounts_and_no_methods() {
    let cloud = Cloud::connect().await;
    let (ann, manager) = (cloud.sign_up().await, cloud.manager().await);
    drop(saved_method(&cloud, &ann).await);
    let order = cloud.order_to_pay(&ann, CaptureMode::Immediate).await;
    cloud.pay_by_card(&order).await;
    let exported = cloud.export(&ann).await;
    assert_eq!(exported["sections"]["payments"]["methods"].as_array().map(Vec::len), Some(1), "{exported}");
    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&ann.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    eventually("the items to go", async || (held(&cloud, &ann).await == ["forgotten"]).then_some(())).await;
    let path = format!("/v1/commerce/admin/payments/{}", order.payment());
    let read = cloud.get(&path).bearer(&manager.access_token).send().await.expect(200);
    assert_eq!((&read["capturedMinor"], &read["card"]), (&json!(10_000), &json!(null)));
}
