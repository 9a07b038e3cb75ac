//! `POST /v1/commerce/orders/{id}/returns/{number}/receipt`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::{Cloud, LOCATIONS};

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn units_come_back_once_and_are_sold_again_where_the_shop_says() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order(&manager, CaptureMode::OnShipment).await;
    drop(cloud.ship(&manager, &order, 3).await.expect(201));
    drop(cloud.request_return(&order, 2).await.expect(201));
    let path = format!("{}/returns/1/receipt", order.path);
    let variant = order.order.lines[0].variant_id.to_string();
    let restock = json!([{ "variantId": variant, "locationId": LOCATIONS[0], "quantity": 1 }]);
    let body = json!({ "lines": [{ "line": 0, "quantity": 2 }], "restock": restock });
    for _ in 0..2 {
        let received = call(&cloud, "POST", &path, &manager, Some(&body)).await.expect(200);
        assert_eq!((&received["state"], &received["refundMinor"]), (&json!("received"), &json!(2000)));
    }
    let stock = cloud.stock(&manager, &variant).await.expect(200);
    assert_eq!((&stock["levels"][0]["onHand"], &stock["levels"][0]["free"]), (&json!(8), &json!(8)));
    let other = json!({ "lines": [{ "line": 0, "quantity": 1 }] });
    call(&cloud, "POST", &path, &manager, Some(&other)).await.expect_problem(409, "orders.return_settled");
    let missing = format!("{}/returns/7/receipt", order.path);
    call(&cloud, "POST", &missing, &manager, Some(&other)).await.expect_problem(404, "orders.no_such_return");
    refuses_strangers(&cloud, "POST", &path, Some(&other)).await;
    // This order was never paid, so what is due cannot be refunded.
    cloud.take_dead_letters(&order.order.id.to_string(), 1).await;
}
