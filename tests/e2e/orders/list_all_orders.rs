//! `GET /v1/commerce/admin/orders`.

use tests::{Cloud, eventually};

use super::support::{call, held_order, refuses_strangers};

#[tokio::test]
async fn managers_find_orders_by_their_state() {
    let cloud = &Cloud::connect().await;
    let (order, _) = held_order(cloud).await;
    let manager = cloud.manager().await;
    eventually("the order in the list", async || {
        let list =
            call(cloud, "GET", "/v1/commerce/admin/orders?state=held&limit=100", &manager, None).await.expect(200);
        list["items"].as_array().unwrap().iter().any(|item| item["id"] == order["id"]).then_some(())
    })
    .await;
    call(cloud, "GET", "/v1/commerce/admin/orders", &manager, None).await.expect_problem(422, "request.invalid");
    refuses_strangers(cloud, "GET", "/v1/commerce/admin/orders?state=held", None).await;
}
