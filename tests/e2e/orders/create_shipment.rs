//! `POST /v1/commerce/orders/{id}/shipments`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::{Cloud, LOCATIONS};
use types::Uuid;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn units_are_shipped_once_per_key_and_leave_the_units_on_hand() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order(&manager, CaptureMode::OnShipment).await;
    let path = format!("{}/shipments", order.path);
    let body = json!({ "locationId": LOCATIONS[0], "units": [{ "line": 0, "quantity": 2 }], "carrier": "DHL" });
    let key = Uuid::now_v7().to_string();
    let ship = async || {
        let ship = cloud.call("POST", &path).bearer(&manager.access_token).header("idempotency-key", &key);
        ship.json(&body).send().await.expect(201)
    };
    let shipped = ship().await;
    assert_eq!(ship().await, shipped);
    assert_eq!((&shipped["number"], &shipped["state"]), (&json!(1), &json!("shipped")));
    let variant = order.order.lines[0].variant_id.to_string();
    let stock = cloud.stock(&manager, &variant).await.expect(200);
    assert_eq!((&stock["levels"][0]["onHand"], &stock["levels"][0]["free"]), (&json!(8), &json!(7)));
    cloud.ship(&manager, &order, 2).await.expect_problem(409, "orders.not_enough_units");
    let unknown = json!({ "locationId": LOCATIONS[0], "units": [{ "line": 9, "quantity": 1 }] });
    call(&cloud, "POST", &path, &manager, Some(&unknown)).await.expect_problem(422, "orders.no_such_line");
    let twice =
        json!({ "locationId": LOCATIONS[0], "units": [{ "line": 0, "quantity": 1 }, { "line": 0, "quantity": 1 }] });
    call(&cloud, "POST", &path, &manager, Some(&twice)).await.expect_problem(422, "request.invalid");
    let nowhere = format!("/v1/commerce/orders/{}/shipments", Uuid::now_v7());
    call(&cloud, "POST", &nowhere, &manager, Some(&body)).await.expect_problem(404, "orders.no_such_order");
    refuses_strangers(&cloud, "POST", &path, Some(&body)).await;
}
