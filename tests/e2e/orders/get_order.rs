//! `GET /v1/commerce/orders/{id}`.

use tests::Cloud;

use super::support::{held_order, order_call, refuses_strange_orderers};

#[tokio::test]
async fn an_order_is_opened_by_the_key_its_number_and_managers() {
    let cloud = &Cloud::connect().await;
    let (order, key) = held_order(cloud).await;
    let manager = cloud.manager().await;
    for name in ["id", "number"] {
        let path = format!("/v1/commerce/orders/{}", order[name].as_str().unwrap());
        let own = order_call(cloud, ("GET", &path), None, Some(&key), "", None).await.expect(200);
        assert_eq!((&own["id"], own["quote"].is_string()), (&order["id"], true));
        let seen = order_call(cloud, ("GET", &path), Some(&manager.access_token), None, "", None).await.expect(200);
        assert_eq!((&seen["id"], seen["quote"].is_null()), (&order["id"], true));
        refuses_strange_orderers(cloud, ("GET", &path), None, "orders.no_such_order").await;
    }
    let wrong = order_call(cloud, ("GET", "/v1/commerce/orders/nothing-at-all"), None, Some(&key), "", None).await;
    wrong.expect_problem(404, "request.no_such_path");
}
