//! `POST /v1/commerce/orders/{id}/cancellations`.

use serde_json::json;
use tests::Cloud;

use super::support::{held_order, order_call, refuses_strange_orderers};

#[tokio::test]
async fn a_buyer_cancels_an_order_once() {
    let cloud = &Cloud::connect().await;
    let (order, key) = held_order(cloud).await;
    let path = format!("/v1/commerce/orders/{}/cancellations", order["id"].as_str().unwrap());
    refuses_strange_orderers(cloud, ("POST", &path), Some(&json!({})), "orders.no_such_order").await;
    let units = json!({ "lines": [{ "line": 0, "quantity": 1 }] });
    let reply = order_call(cloud, ("POST", &path), None, Some(&key), "1", Some(&units)).await;
    reply.expect_problem(403, "auth.forbidden");
    for _ in 0..2 {
        let reply = order_call(cloud, ("POST", &path), None, Some(&key), "2", Some(&json!({}))).await.expect(200);
        assert_eq!(reply["state"], "cancelled");
    }
    let other = order_call(cloud, ("POST", &path), None, Some(&key), "3", Some(&json!({}))).await;
    other.expect_problem(409, "orders.not_cancellable");
}
