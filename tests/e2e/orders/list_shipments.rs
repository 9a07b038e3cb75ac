//! `GET /v1/commerce/orders/{id}/shipments`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::Cloud;

use super::support::{call, refuses_other_buyers};

#[tokio::test]
async fn the_buyer_and_managers_see_them_and_nobody_else() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order(&manager, CaptureMode::OnShipment).await;
    drop(cloud.ship(&manager, &order, 1).await.expect(201));
    let path = format!("{}/shipments", order.path);
    let seen = cloud.call("GET", &path).header("guest-key", order.key.expose()).send().await.expect(200);
    assert_eq!((&seen["items"][0]["number"], &seen["nextCursor"]), (&json!(1), &json!(null)));
    let by_manager = call(&cloud, "GET", &path, &manager, None).await.expect(200);
    assert_eq!(by_manager["items"].as_array().unwrap().len(), seen["items"].as_array().unwrap().len());
    refuses_other_buyers(&cloud, &path, "orders.no_such_order").await;
}
