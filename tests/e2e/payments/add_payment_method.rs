//! `POST /v1/commerce/payment-methods`

use serde_json::json;
use tests::Cloud;

use super::support::{METHODS, add_method, customer_id, delete_at_stripe, methods, saved_method};

#[tokio::test]
async fn a_card_is_saved_without_a_payment() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let setup = add_method(&cloud, &user, "key").await.expect(201);
    assert_eq!((setup["status"].as_str(), &setup["method"]), (Some("open"), &json!(null)));
    cloud.confirm_in_form(&setup["clientSecret"], "pm_card_visa").await;
    let saved = add_method(&cloud, &user, "key").await.expect(201);
    assert_eq!((saved["id"].as_str(), saved["method"]["card"]["last4"].as_str()), (setup["id"].as_str(), Some("4242")));
}

#[tokio::test]
async fn a_user_who_was_deleted_at_stripe_is_created_anew_and_has_only_what_was_saved_since() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let before = saved_method(&cloud, &user).await;
    let lost = delete_at_stripe(&cloud, &user).await;
    let setup = add_method(&cloud, &user, "again").await.expect(201);
    cloud.confirm_in_form(&setup["clientSecret"], "pm_card_mastercard").await;
    let saved = add_method(&cloud, &user, "again").await.expect(201)["method"].clone();
    assert_eq!(methods(&cloud, &user).await, std::slice::from_ref(&saved));
    assert_ne!((&saved["id"], customer_id(&cloud, &user).await), (&before["id"], lost));
}

#[tokio::test]
async fn it_is_for_users_and_for_providers_whose_methods_can_be_saved() {
    let cloud = Cloud::connect().await;
    let body = json!({ "provider": "paypal" });
    assert_eq!(cloud.post(METHODS).header("idempotency-key", "key").json(&body).send().await.status, 401);
    let user = cloud.sign_up().await;
    let call = cloud.post(METHODS).bearer(&user.access_token).header("idempotency-key", "key");
    call.json(&body).send().await.expect_problem(422, "payments.methods_unsupported");
    drop(saved_method(&cloud, &user).await);
}
