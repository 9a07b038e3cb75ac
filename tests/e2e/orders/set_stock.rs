//! `PUT /v1/commerce/stock/{variantId}/{locationId}`

use serde_json::json;
use tests::{Cloud, LOCATIONS, eventually};
use types::Uuid;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn a_back_order_limit_makes_a_variant_available_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let watch = cloud.watch("orders.availability_changed.v1").await;
    let variant = cloud.stocked_variant(&manager).await;
    let path = format!("/v1/commerce/stock/{variant}/{}", LOCATIONS[0]);
    let body = json!({ "parts": 4, "backorderLimit": 100, "incoming": 12 });
    let set = call(&cloud, "PUT", &path, &manager, Some(&body)).await.expect(200);
    assert_eq!((&set["parts"], &set["backorderLimit"], &set["incoming"]), (&json!(4), &json!(100), &json!(12)));
    assert_eq!((&set["onHand"], &set["free"]), (&json!(0), &json!(0)));
    let told = eventually("the event", async || {
        watch.take().await.into_iter().find(|event| event["data"]["variantId"] == variant)
    })
    .await;
    assert_eq!((&told["data"]["availability"], &told["data"]["revision"]), (&json!("in_stock"), &json!(2)));
    assert_eq!(call(&cloud, "PUT", &path, &manager, Some(&body)).await.expect(200), set, "nothing changed");
    refuses_strangers(&cloud, "PUT", &path, Some(&body)).await;
}

#[tokio::test]
async fn unknown_variants_and_locations_and_numbers_out_of_bounds_are_refused() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    cloud.locations(&manager).await;
    let set = async |variant: &str, location: &str, body: serde_json::Value| {
        call(&cloud, "PUT", &format!("/v1/commerce/stock/{variant}/{location}"), &manager, Some(&body)).await
    };
    let unknown = Uuid::now_v7().to_string();
    set(&unknown, LOCATIONS[0], json!({})).await.expect_problem(404, "orders.no_such_variant");
    let variant = cloud.variant(&manager).await;
    set(&variant, &unknown, json!({})).await.expect_problem(404, "orders.no_such_location");
    for body in
        [json!({ "parts": 0 }), json!({ "parts": 33 }), json!({ "backorderLimit": 100_001 }), json!({ "onHand": 1 })]
    {
        set(&variant, LOCATIONS[0], body).await.expect_problem(422, "request.invalid");
    }
    assert_eq!(cloud.stock(&manager, &variant).await.expect(200)["levels"], json!([]));
}
