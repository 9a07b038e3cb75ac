//! `DELETE /v1/commerce/products/{id}/variants/{sku}`

use serde_json::json;
use tests::{Cloud, new_sku};

use super::support::{call, heard, path, refuses_strangers};

#[tokio::test]
async fn a_variant_is_deleted_and_the_last_one_of_a_published_product_is_not() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let watch = cloud.watch("catalog.variant_changed.v1").await;
    let product = cloud.published_product(&manager, "Shoe").await;
    let (sku, last) = (new_sku(), product["variants"][0]["sku"].as_str().unwrap());
    let at = |sku: &str| format!("{}/variants/{sku}", path(&product));
    call(&cloud, "DELETE", &at(last), &manager, None).await.expect_problem(409, "catalog.last_variant");
    let body = json!({ "choices": { "Size": "M" } });
    assert_eq!(call(&cloud, "PUT", &at(&sku), &manager, Some(&body)).await.status, 200);
    assert_eq!(call(&cloud, "DELETE", &at(&sku), &manager, None).await.status, 204);
    let event = heard(&watch, &product, 5).await;
    assert!(event["variant"].is_null() && event["variantId"].is_string(), "{event}");
    for missing in [sku.as_str(), "no~sku"] {
        call(&cloud, "DELETE", &at(missing), &manager, None).await.expect_problem(404, "catalog.no_such_variant");
    }
    refuses_strangers(&cloud, "DELETE", &product, "/variants/X", None).await;
}

#[tokio::test]
async fn a_component_of_a_bundle_is_not_deleted_before_the_bundle() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (tea, pack) = (cloud.draft_product(&manager, "Tea").await, cloud.draft_product(&manager, "Pack").await);
    let (single, bundle) = (new_sku(), new_sku());
    let at = |product: &serde_json::Value, sku: &str| format!("{}/variants/{sku}", path(product));
    let body = json!({ "choices": { "Size": "S" } });
    let set = call(&cloud, "PUT", &at(&tea, &single), &manager, Some(&body)).await.expect(200);
    let components = json!([{ "variantId": set["variants"][0]["id"], "quantity": 6 }]);
    let body = json!({ "choices": { "Size": "S" }, "components": components });
    assert_eq!(call(&cloud, "PUT", &at(&pack, &bundle), &manager, Some(&body)).await.status, 200);
    let refused = call(&cloud, "DELETE", &at(&tea, &single), &manager, None).await;
    refused.expect_problem(409, "catalog.variant_in_bundle");
    for (product, sku) in [(&pack, &bundle), (&tea, &single)] {
        assert_eq!(call(&cloud, "DELETE", &at(product, sku), &manager, None).await.status, 204);
    }
}
