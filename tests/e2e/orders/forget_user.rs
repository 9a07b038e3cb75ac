//! `orders-forget-user` on `identity.user_deleted.v1`, `identity.account_reclaimed.v1`

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::Envelope;
use contracts::identity::AccountReclaimed;
use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, User, eventually};
use types::EventId;

use super::support::user_cart;

async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let partition = AttributeValue::S(format!("orders#user#{}", user.id));
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", partition).consistent_read(true).send().await.unwrap();
    found.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn a_deleted_user_leaves_no_cart() {
    let cloud = Cloud::connect().await;
    let (manager, user) = (cloud.manager().await, cloud.sign_up().await);
    let cart = user_cart(&cloud, &manager, &user).await;
    let exported = cloud.export(&user).await;
    assert!(exported.to_string().contains(&cart), "the export knows of carts: {exported}");
    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    eventually("the cart to go", async || (held(&cloud, &user).await == ["forgotten"]).then_some(())).await;
}

#[tokio::test]
async fn the_cart_of_a_registrant_goes_with_the_takeover() {
    let cloud = Cloud::connect().await;
    let (manager, user) = (cloud.manager().await, cloud.sign_up().await);
    user_cart(&cloud, &manager, &user).await;
    let example =
        std::fs::read_to_string(tests::root().join("events/identity/account_reclaimed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<AccountReclaimed>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    event.data.user_id = user.id.parse().unwrap();
    event.occurred_at = "2100-01-01T00:00:00Z".parse().unwrap();
    cloud.publish(&event).await;
    eventually("the cart to go", async || held(&cloud, &user).await.is_empty().then_some(())).await;
}
