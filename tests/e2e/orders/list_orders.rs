//! `GET /v1/commerce/orders`.

use serde_json::json;
use tests::Cloud;

use super::support::{call, fill_cart, order_call, user_cart};

#[tokio::test]
async fn users_see_their_own_orders() {
    let cloud = &Cloud::connect().await;
    let (user, manager) = (cloud.sign_up().await, cloud.manager().await);
    let cart = user_cart(cloud, &manager, &user).await;
    fill_cart(cloud, &manager, &cart, Some(&user.access_token), None).await;
    let body = json!({ "cartId": cart });
    let token = Some(user.access_token.as_str());
    let order = order_call(cloud, ("POST", "/v1/commerce/orders"), token, None, "1", Some(&body)).await.expect(201);
    let list = call(cloud, "GET", "/v1/commerce/orders", &user, None).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["number"], order["number"]);
    let stranger = cloud.sign_up().await;
    let none = call(cloud, "GET", "/v1/commerce/orders", &stranger, None).await.expect(200);
    assert!(none["items"].as_array().unwrap().is_empty());
    cloud.call("GET", "/v1/commerce/orders").send().await.expect_problem(401, "auth.token_missing");
}
