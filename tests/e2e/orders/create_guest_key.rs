//! `POST /v1/commerce/guest-keys`

use serde_json::json;
use tests::Cloud;

use super::support::{held_order, order_call};

const PATH: &str = "/v1/commerce/guest-keys";

#[tokio::test]
async fn number_and_address_of_an_order_open_it_elsewhere() {
    let cloud = &Cloud::connect().await;
    let (order, first) = held_order(cloud).await;
    let (id, number) = (order["id"].as_str().unwrap(), order["number"].as_str().unwrap());
    let body = json!({ "orderNumber": number.to_lowercase(), "email": "ann@example.com" });
    let reply = cloud.call("POST", PATH).json(&body).send().await.expect(201);
    assert_eq!(reply["orderId"], id);
    let path = format!("/v1/commerce/orders/{id}");
    let further = reply["guestKey"].as_str().unwrap();
    for (key, can_pay) in [(further, false), (first.as_str(), true)] {
        let seen = order_call(cloud, ("GET", &path), None, Some(key), "", None).await.expect(200);
        assert_eq!((&seen["id"], seen["quote"].is_string()), (&order["id"], can_pay));
    }
}

#[tokio::test]
async fn a_wrong_number_and_a_wrong_address_are_answered_alike() {
    let cloud = &Cloud::connect().await;
    let (order, _) = held_order(cloud).await;
    for (number, email) in [(order["number"].as_str().unwrap(), "eve@example.com"), ("0000000000", "ann@example.com")] {
        let body = json!({ "orderNumber": number, "email": email });
        let reply = cloud.call("POST", PATH).json(&body).send().await;
        reply.expect_problem(404, "orders.no_such_order");
    }
    let body = json!({ "orderNumber": "7", "email": "nobody", "key": "mine" });
    let reply = cloud.call("POST", PATH).json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
}
