//! `POST /v1/commerce/orders/{id}/returns`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::call;

#[tokio::test]
async fn a_buyer_returns_what_was_shipped_and_a_stranger_nothing() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order(&manager, CaptureMode::OnShipment).await;
    cloud.request_return(&order, 1).await.expect_problem(409, "orders.not_enough_units");
    drop(cloud.ship(&manager, &order, 2).await.expect(201));
    let requested = cloud.request_return(&order, 2).await.expect(201);
    assert_eq!((&requested["number"], &requested["state"]), (&json!(1), &json!("requested")));
    assert_eq!(requested["refundMinor"], json!(null));
    cloud.request_return(&order, 1).await.expect_problem(409, "orders.not_enough_units");
    let path = format!("{}/returns", order.path);
    let body = json!({ "lines": [{ "line": 0, "quantity": 1 }], "reason": "damaged" });
    let stranger = cloud.sign_up().await;
    call(&cloud, "POST", &path, &stranger, Some(&body)).await.expect_problem(404, "orders.no_such_order");
    let key = Uuid::now_v7().to_string();
    let nobody = cloud.call("POST", &path).header("idempotency-key", &key).json(&body).send().await;
    assert_eq!(nobody.status, 401);
    let empty = json!({ "lines": [], "reason": "damaged" });
    call(&cloud, "POST", &path, &manager, Some(&empty)).await.expect_problem(422, "request.invalid");
}
