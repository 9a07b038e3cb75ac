//! `orders-sweep-orders`.

use serde_json::json;
use tests::Cloud;

use super::support::{held_order, order_call};

#[tokio::test]
async fn a_sweep_leaves_holds_that_have_not_lapsed() {
    let cloud = &Cloud::connect().await;
    let (order, key) = held_order(cloud).await;
    cloud.ask("orders-sweep-orders", &json!({})).await;
    let path = format!("/v1/commerce/orders/{}", order["id"].as_str().unwrap());
    let seen = order_call(cloud, ("GET", &path), None, Some(&key), "", None).await.expect(200);
    assert_eq!(seen["state"], "held");
}
