//! `POST /v1/commerce/orders/{id}/returns/{number}/rejection`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::Cloud;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn a_rejected_return_gives_no_money_and_can_be_requested_again() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order(&manager, CaptureMode::OnShipment).await;
    drop(cloud.ship(&manager, &order, 1).await.expect(201));
    drop(cloud.request_return(&order, 1).await.expect(201));
    let path = format!("{}/returns/1/rejection", order.path);
    let body = json!({ "reason": "The seal is broken." });
    for _ in 0..2 {
        let rejected = call(&cloud, "POST", &path, &manager, Some(&body)).await.expect(200);
        assert_eq!((&rejected["state"], &rejected["rejectionReason"]), (&json!("rejected"), &body["reason"]));
    }
    let other = json!({ "reason": "Too late." });
    call(&cloud, "POST", &path, &manager, Some(&other)).await.expect_problem(409, "orders.return_settled");
    assert_eq!(cloud.request_return(&order, 1).await.status, 201);
    refuses_strangers(&cloud, "POST", &path, Some(&body)).await;
}
