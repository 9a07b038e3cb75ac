//! `GET /v1/commerce/stock/{variantId}/{locationId}/movements`

use tests::{Cloud, LOCATIONS, eventually};

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn movements_come_newest_first_and_sum_to_the_units_on_hand() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let variant = cloud.stocked_variant(&manager).await;
    for quantity in [9, -2, 5] {
        assert_eq!(cloud.add_units(&manager, &variant, quantity).await.status, 201);
    }
    let path = format!("/v1/commerce/stock/{variant}/{}/movements", LOCATIONS[0]);
    let quantities = eventually("three movements", async || {
        let listed = call(&cloud, "GET", &path, &manager, None).await.expect(200);
        let items = listed["items"].as_array().unwrap().clone();
        (items.len() == 3).then(|| items.iter().map(|item| item["quantity"].as_i64().unwrap()).collect::<Vec<_>>())
    })
    .await;
    assert_eq!(quantities, [5, -2, 9]);
    let page = call(&cloud, "GET", &format!("{path}?limit=2"), &manager, None).await.expect(200);
    let next = format!("{path}?limit=2&cursor={}", page["nextCursor"].as_str().unwrap());
    let rest = call(&cloud, "GET", &next, &manager, None).await.expect(200);
    assert_eq!((page["items"].as_array().unwrap().len(), &rest["items"][0]["quantity"]), (2, &serde_json::json!(9)));
    refuses_strangers(&cloud, "GET", &path, None).await;
    let elsewhere = format!("/v1/commerce/stock/{variant}/{}/movements", LOCATIONS[1]);
    call(&cloud, "GET", &elsewhere, &manager, None).await.expect_problem(404, "orders.no_such_stock");
}
