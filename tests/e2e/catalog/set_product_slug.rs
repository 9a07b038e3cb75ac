//! `PUT /v1/commerce/products/{id}/slug`

use serde_json::json;
use tests::{Cloud, new_slug};

use super::support::{call, heard, path, refuses_strangers};

#[tokio::test]
async fn a_freed_slug_may_be_taken_and_a_current_one_may_not() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let watch = cloud.watch("catalog.product_changed.v1").await;
    let (p, q) = (cloud.published_product(&manager, "P").await, cloud.draft_product(&manager, "Q").await);
    let (a, b) = (p["slug"].clone(), new_slug());
    let rename = async |product, slug: &serde_json::Value| {
        call(&cloud, "PUT", &format!("{}/slug", path(product)), &manager, Some(&json!({ "slug": slug }))).await
    };
    rename(&q, &a).await.expect_problem(409, "catalog.slug_taken");
    let renamed = rename(&p, &json!(b)).await;
    assert_eq!((renamed.header("etag"), &renamed.body["slug"]), ("\"4\"", &json!(b)));
    assert_eq!(heard(&watch, &p, 4).await["product"]["slug"], json!(b));
    assert_eq!(rename(&p, &json!(b)).await.header("etag"), "\"4\"");
    assert_eq!(rename(&q, &a).await.expect(200)["slug"], a);
    rename(&p, &a).await.expect_problem(409, "catalog.slug_taken");
    rename(&p, &json!("No Slug")).await.expect_problem(422, "request.invalid");
    refuses_strangers(&cloud, "PUT", &p, "/slug", Some(&json!({ "slug": new_slug() }))).await;
}
