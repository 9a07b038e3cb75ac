//! `GET /v1/commerce/payments/{id}`

use contracts::payments::CaptureMode;
use tests::Cloud;

#[tokio::test]
async fn a_payment_is_shown_to_its_buyer_and_to_nobody_else() {
    let cloud = Cloud::connect().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    drop(cloud.start_payment(&order, "stripe").await.expect(201));
    let read = order.authenticate(cloud.get(&order.path())).send().await.expect(200);
    assert_eq!((read["status"].as_str(), read["orderNumber"].as_str()), (Some("started"), Some("7ZK2M0QX9D")));
    let stranger = cloud.sign_up().await;
    let foreign = cloud.get(&order.path()).bearer(&stranger.access_token).send().await;
    foreign.expect_problem(404, "payments.no_such_payment");
    let other = cloud.get(&order.path()).header("guest-key", "another key").send().await;
    other.expect_problem(404, "payments.no_such_payment");
    assert_eq!(cloud.get(&order.path()).send().await.status, 401);
}
