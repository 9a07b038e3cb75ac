//! `DELETE /v1/commerce/orders/{id}/shipments/{number}`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::Cloud;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn a_shipment_that_did_not_leave_comes_back_once() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order(&manager, CaptureMode::OnShipment).await;
    drop(cloud.ship(&manager, &order, 2).await.expect(201));
    let path = format!("{}/shipments/1", order.path);
    for _ in 0..2 {
        assert_eq!(call(&cloud, "DELETE", &path, &manager, None).await.status, 204);
    }
    let variant = order.order.lines[0].variant_id.to_string();
    let stock = cloud.stock(&manager, &variant).await.expect(200);
    assert_eq!((&stock["levels"][0]["onHand"], &stock["levels"][0]["reserved"]), (&json!(10), &json!(3)));
    drop(cloud.ship(&manager, &order, 3).await.expect(201));
    let second = format!("{}/shipments/2", order.path);
    let delivered = json!({ "delivered": true });
    drop(call(&cloud, "PATCH", &second, &manager, Some(&delivered)).await.expect(200));
    call(&cloud, "DELETE", &second, &manager, None).await.expect_problem(409, "orders.shipment_delivered");
    refuses_strangers(&cloud, "DELETE", &path, None).await;
}
