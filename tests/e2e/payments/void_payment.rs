//! `POST /v1/commerce/payments/{id}/voids`

use contracts::payments::CaptureMode;
use tests::Cloud;
use types::PaymentId;

use super::admin_checks::refuses_others;

#[tokio::test]
async fn an_authorization_is_released_and_captured_money_is_not() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order_to_pay(CaptureMode::OnShipment).await;
    cloud.pay_by_card(&order).await;
    let void = async |path: &str| cloud.post(&format!("{path}/voids")).bearer(&manager.access_token).send().await;
    assert_eq!(void(&order.path()).await.expect(201)["status"], "closed");
    assert_eq!(void(&order.path()).await.expect(201)["status"], "closed");
    let paid = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    cloud.pay_by_card(&paid).await;
    void(&paid.path()).await.expect_problem(409, "payments.already_captured");
}

#[tokio::test]
async fn it_is_for_managers() {
    let cloud = Cloud::connect().await;
    let path = format!("/v1/commerce/payments/{}/voids", PaymentId::generate());
    refuses_others(&cloud, || cloud.post(&path)).await;
    let manager = cloud.manager().await;
    let unknown = cloud.post(&path).bearer(&manager.access_token).send().await;
    unknown.expect_problem(404, "payments.no_such_payment");
}
