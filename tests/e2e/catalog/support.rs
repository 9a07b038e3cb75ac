//! What several tests of the catalog need.

use serde_json::{Value, json};
use testkit::pictures;
use tests::{Cloud, Reply, User, Watch, eventually};

/// Any call of somebody.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> Reply {
    let call = cloud.call(method, path).bearer(&user.access_token);
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

/// The path of a product.
pub fn path(product: &Value) -> String {
    format!("/v1/commerce/products/{}", product["id"].as_str().unwrap())
}

/// The event that `watch` hears next about this product, in this revision.
pub async fn heard(watch: &Watch, product: &Value, revision: u64) -> Value {
    eventually("the event", async || {
        let mut events = watch.take().await.into_iter().map(|event| event["data"].clone());
        events.find(|data| data["productId"] == product["id"] && data["revision"] == revision)
    })
    .await
}

/// Fails unless somebody without the role is refused, and nothing is found for a manager where nothing is.
pub async fn refuses_strangers(cloud: &Cloud, method: &str, product: &Value, below: &str, body: Option<&Value>) {
    let (stranger, manager) = (cloud.sign_up().await, cloud.manager().await);
    let path = format!("{}{below}", path(product));
    call(cloud, method, &path, &stranger, body).await.expect_problem(403, "auth.forbidden");
    let none = format!("/v1/commerce/products/{}{below}", types::Uuid::now_v7());
    call(cloud, method, &none, &manager, body).await.expect_problem(404, "catalog.no_such_product");
}

/// Shows a new picture of a manager on a product, once the catalog knows that it is published, and returns its ID.
pub async fn show_picture(cloud: &Cloud, manager: &User, product: &Value) -> String {
    let picture = cloud.upload_product_picture(manager, &pictures::jpeg(50, 40)).await;
    let body = json!({ "media": [{ "mediaId": picture, "alt": "From the side" }] });
    eventually("the picture to be known", async || {
        let reply = call(cloud, "PATCH", &path(product), manager, Some(&body)).await;
        if reply.status == 409 {
            reply.expect_problem(409, "catalog.media_not_published");
            return None;
        }
        assert_eq!(reply.expect(200)["media"][0]["mediaId"], json!(picture));
        Some(())
    })
    .await;
    picture
}

/// The IDs of the pictures of a product, as everybody sees it.
pub async fn pictures_of(cloud: &Cloud, product: &Value) -> Vec<Value> {
    let shown = cloud.get(&path(product)).send().await.expect(200);
    shown["media"].as_array().unwrap().iter().map(|picture| picture["mediaId"].clone()).collect()
}
