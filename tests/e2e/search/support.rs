//! Words of tests, and searches for them.

use contracts::{Actor, DomainEvent, Envelope};
use serde_json::Value;
use tests::{Cloud, Reply, User, eventually};
use types::EventId;

pub use tests::new_word;

/// Searches products.
pub async fn search(cloud: &Cloud, query: &str) -> Reply {
    search_in(cloud, "products", query).await
}

/// Searches a collection.
pub async fn search_in(cloud: &Cloud, collection: &str, query: &str) -> Reply {
    cloud.get(&format!("/v1/search/{collection}?{query}")).send().await
}

/// Searches products until there is this number of hits.
pub async fn found(cloud: &Cloud, query: &str, total: u64) -> Value {
    found_in(cloud, "products", query, total).await
}

/// Searches a collection until there is this number of hits.
pub async fn found_in(cloud: &Cloud, collection: &str, query: &str, total: u64) -> Value {
    eventually("the hits", async || {
        let page = search_in(cloud, collection, query).await.expect(200);
        (page["total"] == total).then_some(page)
    })
    .await
}

/// Publishes a fact of another context, which need not be deployed.
pub async fn publish<T: DomainEvent>(cloud: &Cloud, fact: T) {
    let correlation_id = EventId::generate().to_string();
    cloud
        .publish(&Envelope::new(EventId::generate(), jiff::Timestamp::now(), correlation_id, Actor::System, fact))
        .await;
}

/// Any call of somebody.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> Reply {
    let call = cloud.call(method, path).bearer(&user.access_token);
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}
