//! Words of tests, and searches for them.

use serde_json::Value;
use tests::{Cloud, Reply, User, eventually};

pub use tests::new_word;

/// Searches products.
pub async fn search(cloud: &Cloud, query: &str) -> Reply {
    cloud.get(&format!("/v1/search/products?{query}")).send().await
}

/// Searches until there is this number of hits.
pub async fn found(cloud: &Cloud, query: &str, total: u64) -> Value {
    eventually("the hits", async || {
        let page = search(cloud, query).await.expect(200);
        (page["total"] == total).then_some(page)
    })
    .await
}

/// Any call of somebody.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> Reply {
    let call = cloud.call(method, path).bearer(&user.access_token);
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}
