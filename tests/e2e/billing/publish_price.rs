//! `POST /v1/billing/prices`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{entry, publish, refuses_others, set_plan};

#[tokio::test]
async fn each_publication_is_another_version_and_a_repeated_one_is_not() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    set_plan(&cloud, &admin, "e2e-priced").await;
    let (first, second) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let publish = async |amount: i64, key: &str| publish(&cloud, &admin, "e2e-price", "e2e-priced", amount, key).await;
    let one = publish(999, &first).await.expect(201);
    let two = publish(1_099, &second).await.expect(201);
    assert_eq!(two["version"].as_u64(), one["version"].as_u64().map(|version| version + 1));
    assert_eq!(publish(999, &first).await.expect(201), one);
    publish(1, &first).await.expect_problem(422, "request.idempotency_key_reused");
    assert_eq!(entry(&cloud, &admin, "prices", "e2e-price").await, two);
}

#[tokio::test]
async fn versions_of_a_price_differ_in_amount_and_trial_only() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    set_plan(&cloud, &admin, "e2e-priced").await;
    let key = Uuid::now_v7().to_string();
    assert_eq!(publish(&cloud, &admin, "e2e-fixed", "e2e-priced", 999, &key).await.status, 201);
    let body = json!({
        "code": "e2e-fixed", "plan": "e2e-priced", "interval": "year", "amountMinor": 9_990, "currency": "EUR",
    });
    let other = cloud.post("/v1/billing/prices").bearer(&admin.access_token);
    let other = other.header("idempotency-key", &Uuid::now_v7().to_string()).json(&body).send().await;
    other.expect_problem(409, "billing.price_fixed");
    let without_key = cloud.post("/v1/billing/prices").bearer(&admin.access_token).json(&body).send().await;
    without_key.expect_problem(400, "request.idempotency_key_missing");
    refuses_others(&cloud, "POST", "/v1/billing/prices", Some(&body)).await;
}
