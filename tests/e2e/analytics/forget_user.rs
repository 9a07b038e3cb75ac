//! `analytics-forget-user` on `identity.user_deleted.v1`

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

use super::reports_support::{create, sign_ups};

async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let partition = AttributeValue::S(format!("analytics#user#{}", user.id));
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", partition).consistent_read(true).send().await.unwrap();
    found.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn whoever_goes_leaves_no_reports_and_no_rows() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    drop(create(&cloud, &manager, "a", &sign_ups("csv")).await.expect(201));
    let has = |keys: &[String], kind: &str| keys.iter().any(|key| key.starts_with(kind));
    eventually("the rows", async || {
        let keys = held(&cloud, &manager).await;
        (has(&keys, "report#") && has(&keys, "funnel#first_order#") && has(&keys, "cohort#sign_up")).then_some(())
    })
    .await;
    let exported = cloud.export(&manager).await;
    assert_eq!(exported["sections"]["analytics"]["reports"][0]["name"], "Sign-ups", "{exported}");
    let gone =
        cloud.call("DELETE", "/v1/users/me").bearer(&manager.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    eventually("the items to go", async || (held(&cloud, &manager).await == ["forgotten"]).then_some(())).await;
}
