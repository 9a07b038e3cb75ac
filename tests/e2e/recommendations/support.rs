//! What the tests of recommendations share.

use serde_json::{Value, json};
use tests::{Cloud, eventually};

pub use tests::tell;

/// Builds a model now, although the current one may be young: as if its build had begun an hour earlier.
pub async fn build(cloud: &Cloud) {
    cloud.age_model().await;
    drop(cloud.ask("recommendations-build-model", &json!({})).await);
}

/// The recommendations for a question, once the function has refreshed what it has loaded: that takes ten seconds.
pub async fn recommended_until(cloud: &Cloud, query: &str, is_right: impl Fn(&Value) -> bool) -> Value {
    let path = format!("/v1/commerce/recommendations?limit=50&{query}");
    eventually("the recommendations", async || {
        let body = cloud.get(&path).send().await.expect(200);
        is_right(&body).then_some(body)
    })
    .await
}
