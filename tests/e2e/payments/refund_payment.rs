//! `POST /v1/commerce/payments/{id}/refunds`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::Cloud;
use types::PaymentId;

use super::admin_checks::refuses_others;

#[tokio::test]
async fn refunds_never_exceed_what_was_captured() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    cloud.pay_by_card(&order).await;
    let path = format!("{}/refunds", order.path());
    let refund = async |key: &str, amount: i64| {
        let call = cloud.post(&path).bearer(&manager.access_token).header("idempotency-key", key);
        call.json(&json!({ "amountMinor": amount })).send().await
    };
    let refunded = refund("one", 6_000).await.expect(201);
    assert_eq!(
        (refunded["refunds"][0]["status"].as_str(), &refunded["refundableMinor"]),
        (Some("succeeded"), &json!(4_000))
    );
    assert_eq!(refund("one", 6_000).await.expect(201)["refundedMinor"], 6_000);
    refund("one", 1).await.expect_problem(422, "request.idempotency_key_reused");
    refund("two", 6_000).await.expect_problem(409, "payments.refund_too_large");
    for amount in [0, -500] {
        refund("three", amount).await.expect_problem(422, "request.invalid");
    }
}

#[tokio::test]
async fn it_is_for_managers() {
    let cloud = Cloud::connect().await;
    let path = format!("/v1/commerce/payments/{}/refunds", PaymentId::generate());
    let call = || cloud.post(&path).header("idempotency-key", "key").json(&json!({ "amountMinor": 1 }));
    refuses_others(&cloud, call).await;
    let manager = cloud.manager().await;
    call().bearer(&manager.access_token).send().await.expect_problem(404, "payments.no_such_payment");
}
