//! `PUT /v1/commerce/products/{id}/variants/{sku}`

use serde_json::json;
use tests::{Cloud, new_sku};

use super::support::{call, heard, path, refuses_strangers};

#[tokio::test]
async fn a_variant_is_created_and_replaced_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let watch = cloud.watch("catalog.variant_changed.v1").await;
    let draft = cloud.draft_product(&manager, "Shoe").await;
    let (sku, body) =
        (new_sku(), json!({ "choices": { "Size": "M" }, "barcode": "4006381333931", "weightGrams": 750 }));
    let at = format!("{}/variants/{sku}", path(&draft));
    let first = call(&cloud, "PUT", &at, &manager, Some(&body)).await.expect(200);
    let variant = &first["variants"][0];
    assert_eq!(
        (&variant["sku"], &variant["barcode"], &variant["weightGrams"]),
        (&json!(sku), &json!("4006381333931"), &json!(750))
    );
    let event = heard(&watch, &draft, 2).await;
    assert_eq!((&event["variantId"], &event["variant"]["choices"]), (&variant["id"], &json!({ "Size": "M" })));
    assert_eq!(call(&cloud, "PUT", &at, &manager, Some(&body)).await.header("etag"), "\"2\"", "nothing changed");
    let replaced = call(&cloud, "PUT", &at, &manager, Some(&json!({ "choices": { "Size": "L" } }))).await.expect(200);
    assert_eq!((&replaced["variants"][0]["id"], &replaced["variants"][0]["barcode"]), (&variant["id"], &json!(null)));
}

#[tokio::test]
async fn choices_skus_and_barcodes_that_do_not_fit_are_refused() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let product = cloud.published_product(&manager, "Shoe").await;
    let set = async |sku: &str, body: serde_json::Value| {
        call(&cloud, "PUT", &format!("{}/variants/{sku}", path(&product)), &manager, Some(&body)).await
    };
    set(&new_sku(), json!({})).await.expect_problem(422, "catalog.choices_invalid");
    set(&new_sku(), json!({ "choices": { "Size": "XXL" } })).await.expect_problem(422, "catalog.choices_invalid");
    set(&new_sku(), json!({ "choices": { "Size": "S" } })).await.expect_problem(409, "catalog.choices_taken");
    let other = cloud.published_product(&manager, "Boot").await;
    let taken = other["variants"][0]["sku"].as_str().unwrap();
    set(taken, json!({ "choices": { "Size": "M" } })).await.expect_problem(409, "catalog.sku_taken");
    let wrong = set("a~b", json!({ "choices": { "Size": "M" } })).await;
    wrong.expect_problem(422, "request.invalid");
    let wrong = set(&new_sku(), json!({ "barcode": "4006381333932", "weightGrams": 0 })).await;
    wrong.expect_problem(422, "request.invalid");
    let fields: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert!(fields.contains(&json!("weightGrams")), "{fields:?}");
    let body = json!({ "choices": { "Size": "M" } });
    refuses_strangers(&cloud, "PUT", &product, "/variants/X", Some(&body)).await;
}

#[tokio::test]
async fn a_bundle_has_existing_components_that_are_no_bundles() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (tea, pack) = (cloud.published_product(&manager, "Tea").await, cloud.draft_product(&manager, "Pack").await);
    let set = async |product: &serde_json::Value, size: &str, components: serde_json::Value| {
        let body = json!({ "choices": { "Size": size }, "taxClass": "reduced", "components": components });
        let at = format!("{}/variants/{}", path(product), new_sku());
        call(&cloud, "PUT", &at, &manager, Some(&body)).await
    };
    let six = |variant: &serde_json::Value| json!([{ "variantId": variant, "quantity": 6 }]);
    let unknown = set(&pack, "S", six(&json!(types::Uuid::now_v7()))).await;
    unknown.expect_problem(422, "catalog.unknown_component");
    let bundle = set(&pack, "S", six(&tea["variants"][0]["id"])).await.expect(200)["variants"][0].clone();
    assert_eq!((&bundle["taxClass"], &bundle["components"]), (&json!("reduced"), &six(&tea["variants"][0]["id"])));
    set(&pack, "M", six(&bundle["id"])).await.expect_problem(409, "catalog.nested_bundle");
    let wrong = json!([{ "variantId": tea["variants"][0]["id"], "quantity": 0 }]);
    set(&pack, "M", wrong).await.expect_problem(422, "request.invalid");
}
