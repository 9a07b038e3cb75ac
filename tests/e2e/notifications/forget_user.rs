//! `identity.user_deleted.v1` empties what this context holds on the user.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Cloud, PASSWORD, eventually};

async fn held(cloud: &Cloud, partition: String) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let query = client
        .query()
        .table_name(cloud.table_name())
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", AttributeValue::S(partition));
    let items = query.consistent_read(true).send().await.expect("items").items.unwrap_or_default();
    items.into_iter().map(|item| format!("{item:?}")).collect()
}

#[tokio::test]
async fn a_deleted_user_is_forgotten_and_the_tombstone_says_nothing_of_them() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let deliveries = format!("notifications#user#{}", user.id);
    cloud.mail(&user.email).await;
    eventually("a delivery", async || (!held(&cloud, deliveries.clone()).await.is_empty()).then_some(())).await;

    let reply = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(reply.send().await.status, 204);
    let left = eventually("the end of it", async || {
        let left = held(&cloud, deliveries.clone()).await;
        // The delivery alone is one too: it is over when what stands there is the marker.
        (left.len() == 1 && left[0].contains("forgotten")).then_some(left)
    })
    .await;
    assert!(!left[0].contains(&user.email), "{}", left[0]);

    let left = held(&cloud, format!("identity#user#{}", user.id)).await;
    assert_eq!(left.len(), 1);
    assert!(left[0].contains("identity.user_deleted") && left[0].contains("identity.session_ended"), "{}", left[0]);
    for personal in [user.email.as_str(), "Ann", "phone", "argon2"] {
        assert!(!left[0].contains(personal), "{personal} is left: {}", left[0]);
    }
}
