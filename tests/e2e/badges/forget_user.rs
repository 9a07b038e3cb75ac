//! `badges-forget-user` on `identity.user_deleted.v1`

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

use super::support::{badge, kind, my, reported, tell};

async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let partition = AttributeValue::S(format!("badges#user#{}", user.id));
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", partition).consistent_read(true).send().await.unwrap();
    found.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn a_deleted_user_leaves_no_badges_and_is_not_brought_back() {
    let cloud = Cloud::connect().await;
    let (user, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let kind = kind(&cloud).await;
    let badge = badge(&cloud, kind, &[1]).await;
    tell(&cloud, &reported(&user, kind)).await;
    let earned = my(&cloud, &user, &badge).await;
    assert_eq!(earned["earned"][0]["tier"], 1);
    let exported = cloud.export(&user).await;
    assert!(exported.to_string().contains(badge["id"].as_str().unwrap()), "the export knows of badges: {exported}");

    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    eventually("the items to go", async || (held(&cloud, &user).await == ["forgotten"]).then_some(())).await;
    tell(&cloud, &reported(&user, kind)).await;
    assert_eq!(held(&cloud, &user).await, ["forgotten"]);
    let path = format!("/v1/community/users/{}/badges", user.id);
    let shown = cloud.get(&path).bearer(&other.access_token).send().await.expect(200);
    assert_eq!(shown["items"], json!([]));
}
