//! `POST /v1/commerce/orders`.

use serde_json::json;
use tests::Cloud;

use super::support::{held_order, order_call, ready_cart, refuses_strange_orderers};

#[tokio::test]
async fn a_guest_places_an_order_once() {
    let cloud = &Cloud::connect().await;
    let (cart, key) = ready_cart(cloud).await;
    let body = json!({ "cartId": cart });
    let place = async || order_call(cloud, ("POST", "/v1/commerce/orders"), None, Some(&key), "1", Some(&body)).await;
    let order = place().await.expect(201);
    assert_eq!((order["state"].as_str(), order["lines"][0]["quantity"].as_i64()), (Some("held"), Some(1)), "{order}");
    assert!(order["quote"].as_str().is_some_and(|quote| quote.split('.').count() == 3));
    assert_eq!(place().await.expect(201)["id"], order["id"]);
    // The cart is gone.
    let again = order_call(cloud, ("POST", "/v1/commerce/orders"), None, Some(&key), "2", Some(&body)).await;
    again.expect_problem(404, "orders.no_such_cart");
}

#[tokio::test]
async fn strangers_place_nothing_from_the_cart_of_others() {
    let cloud = &Cloud::connect().await;
    let (cart, _) = ready_cart(cloud).await;
    let body = json!({ "cartId": cart });
    refuses_strange_orderers(cloud, ("POST", "/v1/commerce/orders"), Some(&body), "orders.no_such_cart").await;
}

#[tokio::test]
async fn an_order_needs_a_key_and_known_fields() {
    let cloud = &Cloud::connect().await;
    let (order, key) = held_order(cloud).await;
    let body = json!({ "cartId": order["id"], "total": 1 });
    let reply = order_call(cloud, ("POST", "/v1/commerce/orders"), None, Some(&key), "1", Some(&body)).await;
    reply.expect_problem(422, "request.invalid");
    let body = json!({ "cartId": order["id"] });
    let reply = cloud.call("POST", "/v1/commerce/orders").header("guest-key", &key).json(&body).send().await;
    reply.expect_problem(400, "request.idempotency_key_missing");
}
