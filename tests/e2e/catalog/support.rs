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

/// Requests an import.
pub async fn request_import(cloud: &Cloud, manager: &User, key: &str, format: &str) -> Reply {
    let call = cloud.post("/v1/commerce/imports").bearer(&manager.access_token).header("idempotency-key", key);
    call.json(&json!({ "format": format })).send().await
}

/// Requests an export.
pub async fn request_export(cloud: &Cloud, manager: &User, key: &str, format: &str) -> Reply {
    let call = cloud.post("/v1/commerce/exports").bearer(&manager.access_token).header("idempotency-key", key);
    call.json(&json!({ "format": format })).send().await
}

/// Waits until an import or an export has ended.
pub async fn ended(cloud: &Cloud, user: &User, path: &str) -> Value {
    eventually("the end of the job", async || {
        let job = call(cloud, "GET", path, user, None).await.expect(200);
        (job["finishedAt"].is_string()).then_some(job)
    })
    .await
}

/// Imports a file; returns the import when it has ended, and the lines of its results.
pub async fn import(cloud: &Cloud, manager: &User, format: &str, file: &str) -> (Value, Vec<Value>) {
    let new = request_import(cloud, manager, &tests::new_slug(), format).await.expect(201);
    assert_eq!(cloud.send_form(&new["upload"], &[], file.as_bytes()).await, 201);
    let done = ended(cloud, manager, &format!("/v1/commerce/imports/{}", new["id"].as_str().unwrap())).await;
    let Some(url) = done["resultsUrl"].as_str() else { return (done, Vec::new()) };
    let lines = lines(cloud, url).await;
    (done, lines)
}

/// The lines of a file of JSON Lines.
pub async fn lines(cloud: &Cloud, url: &str) -> Vec<Value> {
    let (status, bytes) = cloud.fetch(url).await;
    assert_eq!(status, 200);
    let text = String::from_utf8(bytes).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}
