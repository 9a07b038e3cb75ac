//! `GET /v1/commerce/categories/{slug}/products`

use serde_json::json;
use tests::Cloud;

use super::support::{call, path};

#[tokio::test]
async fn everybody_sees_the_published_products_of_a_category() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let category = cloud.category(&manager, None).await;
    let change = json!({ "categories": [category] });
    let (shoe, draft) = (cloud.published_product(&manager, "Shoe").await, cloud.draft_product(&manager, "Boot").await);
    for product in [&shoe, &draft] {
        assert_eq!(call(&cloud, "PATCH", &path(product), &manager, Some(&change)).await.status, 200);
    }
    let list = format!("/v1/commerce/categories/{category}/products");
    let page = cloud.get(&list).send().await;
    assert_eq!(page.header("cache-control"), "public, max-age=60");
    let known = page.header("etag").to_owned();
    let wanted = json!([{ "id": shoe["id"], "slug": shoe["slug"], "title": "Shoe" }]);
    assert_eq!(page.expect(200), json!({ "items": wanted, "nextCursor": null }));
    assert_eq!(cloud.get(&list).header("if-none-match", &known).send().await.status, 304);
    assert_eq!(call(&cloud, "DELETE", &path(&shoe), &manager, None).await.status, 204);
    assert_eq!(cloud.get(&list).send().await.expect(200)["items"], json!([]));
    let none = format!("/v1/commerce/categories/{}/products", tests::new_slug());
    cloud.get(&none).send().await.expect_problem(404, "catalog.no_such_category");
    let unknown = json!({ "categories": [tests::new_slug()] });
    let reply = call(&cloud, "PATCH", &path(&draft), &manager, Some(&unknown)).await;
    reply.expect_problem(422, "catalog.unknown_category");
}
