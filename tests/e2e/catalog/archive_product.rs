//! `DELETE /v1/commerce/products/{id}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, heard, path, refuses_strangers};

#[tokio::test]
async fn an_archived_product_is_gone_for_the_public_until_it_is_published_again() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let watch = cloud.watch("catalog.product_archived.v1").await;
    let product = cloud.published_product(&manager, "Shoe").await;
    refuses_strangers(&cloud, "DELETE", &product, "", None).await;
    for _ in 0..2 {
        assert_eq!(call(&cloud, "DELETE", &path(&product), &manager, None).await.status, 204);
    }
    let event = heard(&watch, &product, 4).await;
    assert_eq!(event["variantIds"], json!([product["variants"][0]["id"]]));
    cloud.get(&path(&product)).send().await.expect_problem(404, "catalog.no_such_product");
    let body = json!({ "title": "Boot", "slug": product["slug"] });
    let key = tests::new_slug();
    cloud.create_product(&manager, &key, &body).await.expect_problem(409, "catalog.slug_taken");
    let publication = format!("{}/publication", path(&product));
    assert_eq!(call(&cloud, "PUT", &publication, &manager, None).await.status, 200);
    assert_eq!(cloud.get(&path(&product)).send().await.expect(200)["status"], "published");
}
