//! What the tests of recommendations share.

use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, eventually};
use types::EventId;

/// Publishes a fact, and waits until a function has handled it.
pub async fn tell<T: DomainEvent>(cloud: &Cloud, function: &str, fact: T) -> String {
    let id = EventId::generate();
    cloud.publish(&Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)).await;
    let line = eventually("the event's line", async || {
        let of_event = |line: &String| line.starts_with(function) && line.contains(&id.to_string());
        cloud.log().into_iter().find(of_event)
    });
    line.await
}

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
