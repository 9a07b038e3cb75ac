//! `orders-refresh-availability`.

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, order_call, ready_cart_with};

#[tokio::test]
async fn the_last_unit_that_is_ordered_changes_the_availability() {
    let cloud = &Cloud::connect().await;
    let (cart, key, variant) = ready_cart_with(cloud, 1).await;
    let body = json!({ "cartId": cart });
    drop(order_call(cloud, ("POST", "/v1/commerce/orders"), None, Some(&key), "1", Some(&body)).await.expect(201));
    let manager = cloud.manager().await;
    eventually("the availability", async || {
        let stock = call(cloud, "GET", &format!("/v1/commerce/stock/{variant}"), &manager, None).await.expect(200);
        (stock["availability"] == "out_of_stock").then_some(())
    })
    .await;
}
