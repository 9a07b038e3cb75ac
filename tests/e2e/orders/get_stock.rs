//! `GET /v1/commerce/stock/{variantId}`

use serde_json::json;
use tests::{Cloud, LOCATIONS};
use types::Uuid;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn the_stock_of_a_variant_says_what_it_is_and_where_its_units_are() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let variant = cloud.stocked_variant(&manager).await;
    assert_eq!(cloud.add_units(&manager, &variant, 4).await.status, 201);
    let stock = cloud.stock(&manager, &variant).await.expect(200);
    assert_eq!((&stock["variantId"], &stock["availability"]), (&json!(variant), &json!("low_stock")));
    let level = json!({
        "locationId": LOCATIONS[0], "onHand": 4, "free": 4, "reserved": 0, "incoming": 0, "backorderLimit": 0, "parts": 1,
    });
    assert_eq!(stock["levels"], json!([level]));
    let path = format!("/v1/commerce/stock/{variant}");
    refuses_strangers(&cloud, "GET", &path, None).await;
    let none = format!("/v1/commerce/stock/{}", Uuid::now_v7());
    call(&cloud, "GET", &none, &manager, None).await.expect_problem(404, "orders.no_such_variant");
}
