//! `PUT /v1/commerce/products/{id}/publication`

use serde_json::json;
use tests::{Cloud, new_sku};

use super::support::{call, heard, path, refuses_strangers};

#[tokio::test]
async fn a_product_with_a_variant_is_published_once() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let watch = cloud.watch("catalog.product_published.v1").await;
    let draft = cloud.draft_product(&manager, "Shoe").await;
    let publication = format!("{}/publication", path(&draft));
    call(&cloud, "PUT", &publication, &manager, None).await.expect_problem(409, "catalog.no_variants");
    let (sku, body) = (new_sku(), json!({ "choices": { "Size": "M" } }));
    assert_eq!(
        call(&cloud, "PUT", &format!("{}/variants/{sku}", path(&draft)), &manager, Some(&body)).await.status,
        200
    );
    let published = call(&cloud, "PUT", &publication, &manager, None).await.expect(200);
    assert_eq!(published["status"], "published");
    assert!(published["publishedAt"].is_string());
    let event = heard(&watch, &draft, 3).await;
    assert_eq!((&event["product"]["slug"], &event["product"]["variants"][0]["sku"]), (&draft["slug"], &json!(sku)));
    assert_eq!(call(&cloud, "PUT", &publication, &manager, None).await.expect(200), published);
    refuses_strangers(&cloud, "PUT", &draft, "/publication", None).await;
}
