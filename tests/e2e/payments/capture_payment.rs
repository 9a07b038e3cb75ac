//! `POST /v1/commerce/payments/{id}/captures`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::Cloud;
use types::PaymentId;

use super::admin_checks::refuses_others;

#[tokio::test]
async fn an_authorization_is_captured_within_its_amount() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order_to_pay(CaptureMode::OnShipment).await;
    assert_eq!(cloud.pay_by_card(&order).await["status"], "authorized");
    let path = format!("{}/captures", order.path());
    let capture = async |key: &str, amount: i64| {
        let call = cloud.post(&path).bearer(&manager.access_token).header("idempotency-key", key);
        call.json(&json!({ "amountMinor": amount, "isFinal": true })).send().await
    };
    capture("much", 10_001).await.expect_problem(409, "payments.capture_too_large");
    assert_eq!(capture("all", 10_000).await.expect(201)["status"], "captured");
    assert_eq!(capture("all", 10_000).await.expect(201)["capturedMinor"], 10_000);
}

#[tokio::test]
async fn it_is_for_managers() {
    let cloud = Cloud::connect().await;
    let path = format!("/v1/commerce/payments/{}/captures", PaymentId::generate());
    let body = json!({ "amountMinor": 1, "isFinal": true });
    let call = || cloud.post(&path).header("idempotency-key", "key").json(&body);
    refuses_others(&cloud, call).await;
    let manager = cloud.manager().await;
    call().bearer(&manager.access_token).send().await.expect_problem(404, "payments.no_such_payment");
}
