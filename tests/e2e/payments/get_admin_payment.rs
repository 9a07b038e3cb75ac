//! `GET /v1/commerce/admin/payments/{id}`

use contracts::payments::CaptureMode;
use tests::Cloud;
use types::PaymentId;

use super::admin_checks::refuses_others;

#[tokio::test]
async fn managers_see_any_payment() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    drop(cloud.start_payment(&order, "stripe").await.expect(201));
    let path = format!("/v1/commerce/admin/payments/{}", order.payment());
    let read = cloud.get(&path).bearer(&manager.access_token).send().await.expect(200);
    assert_eq!(read["money"]["amountMinor"], 10_000);
}

#[tokio::test]
async fn it_is_for_managers() {
    let cloud = Cloud::connect().await;
    let path = format!("/v1/commerce/admin/payments/{}", PaymentId::generate());
    refuses_others(&cloud, || cloud.get(&path)).await;
    let manager = cloud.manager().await;
    cloud.get(&path).bearer(&manager.access_token).send().await.expect_problem(404, "payments.no_such_payment");
}
