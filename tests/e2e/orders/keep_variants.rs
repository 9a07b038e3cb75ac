//! `orders-keep-variants` on `catalog.variant_changed.v1`, `catalog.product_published.v1`, `catalog.product_changed.v1`, `catalog.product_archived.v1`

use serde_json::json;
use tests::{Cloud, User, eventually, new_sku};

use super::support::call;

/// Waits until the stock of a variant shows this title and SKU.
async fn shows(cloud: &Cloud, manager: &User, variant: &str, title: &serde_json::Value, sku: &serde_json::Value) {
    eventually("the copy of the variant", async || {
        let reply = cloud.stock(manager, variant).await;
        (reply.status == 200 && reply.body["title"] == *title && reply.body["sku"] == *sku).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_variant_is_known_from_draft_to_archive_and_after_its_removal() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let draft = cloud.draft_product(&manager, "Shoe").await;
    let product = format!("/v1/commerce/products/{}", draft["id"].as_str().unwrap());
    let mut variants = Vec::new();
    for size in ["S", "M"] {
        let sku = new_sku();
        let body = json!({ "choices": { "Size": size } });
        let set = call(&cloud, "PUT", &format!("{product}/variants/{sku}"), &manager, Some(&body)).await.expect(200);
        let added = set["variants"].as_array().unwrap().last().unwrap().clone();
        variants.push((added["id"].as_str().unwrap().to_owned(), json!(sku)));
    }
    let (kept, removed) = (&variants[0], &variants[1]);
    shows(&cloud, &manager, &kept.0, &json!(null), &kept.1).await;
    assert_eq!(call(&cloud, "PUT", &format!("{product}/publication"), &manager, None).await.status, 200);
    shows(&cloud, &manager, &kept.0, &json!("Shoe"), &kept.1).await;
    assert_eq!(call(&cloud, "PATCH", &product, &manager, Some(&json!({ "title": "Boot" }))).await.status, 200);
    shows(&cloud, &manager, &kept.0, &json!("Boot"), &kept.1).await;
    let path = format!("{product}/variants/{}", removed.1.as_str().unwrap());
    assert_eq!(call(&cloud, "DELETE", &path, &manager, None).await.status, 204);
    shows(&cloud, &manager, &removed.0, &json!("Boot"), &json!(null)).await;
    assert_eq!(call(&cloud, "DELETE", &product, &manager, None).await.status, 204);
    shows(&cloud, &manager, &kept.0, &json!(null), &kept.1).await;
}
