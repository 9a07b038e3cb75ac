//! `POST /v1/commerce/payments/{id}/refresh`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::Cloud;

#[tokio::test]
async fn a_payment_whose_webhook_was_lost_is_known_after_a_refresh() {
    let cloud = Cloud::connect().await;
    let order = cloud.order_to_pay(&cloud.sign_up().await, CaptureMode::OnShipment).await;
    let started = cloud.start_payment(&order, "stripe").await.expect(201);
    let lost = json!({ "service": "payments", "operation": "Webhook", "error": "lost", "contains": order.payment() });
    cloud.inject(&lost).await;
    cloud.confirm_in_form(&started["clientSecret"], "pm_card_visa").await;
    let path = format!("{}/refresh", order.path());
    let refreshed = order.authenticate(cloud.post(&path)).send().await.expect(200);
    assert_eq!(refreshed["payment"]["status"], "authorized", "{refreshed}");
    assert!(refreshed["clientSecret"].is_null());
    let stranger = cloud.sign_up().await;
    let foreign = cloud.post(&path).bearer(&stranger.access_token).send().await;
    foreign.expect_problem(404, "payments.no_such_payment");
    assert_eq!(cloud.post(&path).send().await.status, 401);
}
