//! `catalog-follow-components` on `catalog.variant_changed.v1`

use serde_json::json;
use tests::{Cloud, eventually, new_sku};

use super::support::{call, path};

#[tokio::test]
async fn the_weight_of_a_bundle_follows_its_components_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (tea, pack) = (cloud.published_product(&manager, "Tea").await, cloud.draft_product(&manager, "Pack").await);
    let component = json!({ "variantId": tea["variants"][0]["id"], "quantity": 6 });
    let body = json!({ "choices": { "Size": "S" }, "components": [component] });
    let at = format!("{}/variants/{}", path(&pack), new_sku());
    let bundle = call(&cloud, "PUT", &at, &manager, Some(&body)).await.expect(200)["variants"][0].clone();
    assert_eq!((&bundle["components"], &bundle["componentsWeightGrams"]), (&json!([component]), &json!(null)));
    let watch = cloud.watch("catalog.variant_changed.v1").await;
    let at = format!("{}/variants/{}", path(&tea), tea["variants"][0]["sku"].as_str().unwrap());
    let weight = json!({ "choices": { "Size": "S" }, "weightGrams": 250 });
    assert_eq!(call(&cloud, "PUT", &at, &manager, Some(&weight)).await.status, 200);
    // The event of the bundle's creation may arrive as late as this.
    let told = eventually("the event of the bundle's weight", async || {
        let mut events = watch.take().await.into_iter().map(|event| event["data"].clone());
        events.find(|data| data["variantId"] == bundle["id"] && data["variant"]["weightGrams"] == 1_500)
    });
    assert_eq!(told.await["variant"]["components"], json!([component]));
    let admin = format!("/v1/commerce/admin/products/{}", pack["id"].as_str().unwrap());
    let seen = call(&cloud, "GET", &admin, &manager, None).await.expect(200);
    assert_eq!(seen["variants"][0]["componentsWeightGrams"], json!(1_500));
}
