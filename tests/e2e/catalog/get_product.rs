//! `GET /v1/commerce/products/{id}`

use tests::{Cloud, new_slug};
use types::Uuid;

use serde_json::json;

use super::support::{call, path};

#[tokio::test]
async fn everybody_sees_a_published_product_and_keeps_it_until_it_changes() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let product = cloud.published_product(&manager, "Shoe").await;
    let by_slug = format!("/v1/commerce/products/{}", product["slug"].as_str().unwrap());
    for path in [path(&product), by_slug.clone()] {
        let seen = cloud.get(&path).send().await;
        assert_eq!((seen.header("cache-control"), seen.header("etag")), ("public, max-age=60", "\"3\""));
        assert_eq!(seen.expect(200), product);
        let again = cloud.get(&path).header("if-none-match", "\"3\"").send().await;
        assert_eq!((again.status, again.header("etag")), (304, "\"3\""));
    }
    let changed = call(&cloud, "PATCH", &path(&product), &manager, Some(&json!({ "title": "Boot" }))).await;
    assert_eq!(changed.header("etag"), "\"4\"");
    let seen = cloud.get(&path(&product)).header("if-none-match", "\"3\"").send().await;
    assert_eq!(seen.expect(200)["title"], "Boot");
}

#[tokio::test]
async fn an_earlier_slug_redirects() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let product = cloud.published_product(&manager, "Shoe").await;
    let (old, new) = (product["slug"].as_str().unwrap(), new_slug());
    let body = json!({ "slug": new });
    assert_eq!(call(&cloud, "PUT", &format!("{}/slug", path(&product)), &manager, Some(&body)).await.status, 200);
    // The client follows the redirect; a client that does not is in the table tests.
    let seen = tests::eventually("the new slug in the index", async || {
        let seen = cloud.get(&format!("/v1/commerce/products/{old}")).send().await.expect(200);
        (seen["slug"] == new.as_str()).then_some(seen)
    })
    .await;
    assert_eq!(seen["id"], product["id"]);
}

#[tokio::test]
async fn what_is_not_published_is_not_found() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let draft = cloud.draft_product(&manager, "Shoe").await;
    let ids = [draft["id"].as_str().unwrap(), draft["slug"].as_str().unwrap(), &Uuid::now_v7().to_string(), "No"];
    for id in ids {
        let reply = cloud.get(&format!("/v1/commerce/products/{id}")).send().await;
        reply.expect_problem(404, "catalog.no_such_product");
    }
}
