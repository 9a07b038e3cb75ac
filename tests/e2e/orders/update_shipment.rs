//! `PATCH /v1/commerce/orders/{id}/shipments/{number}`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::Cloud;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn tracking_changes_and_the_delivery_is_noted_once() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order(&manager, CaptureMode::OnShipment).await;
    drop(cloud.ship(&manager, &order, 1).await.expect(201));
    let path = format!("{}/shipments/1", order.path);
    let update = async |body| call(&cloud, "PATCH", &path, &manager, Some(&body)).await.expect(200);
    let tracked = update(json!({ "trackingNumber": "JD0146" })).await;
    assert_eq!((&tracked["carrier"], &tracked["trackingNumber"]), (&json!("DHL"), &json!("JD0146")));
    let delivered = update(json!({ "delivered": true })).await;
    assert_eq!(delivered["state"], "delivered");
    assert_eq!(update(json!({ "delivered": true })).await, delivered);
    let missing = format!("{}/shipments/2", order.path);
    let body = json!({ "delivered": true });
    call(&cloud, "PATCH", &missing, &manager, Some(&body)).await.expect_problem(404, "orders.no_such_shipment");
    refuses_strangers(&cloud, "PATCH", &path, Some(&body)).await;
}
