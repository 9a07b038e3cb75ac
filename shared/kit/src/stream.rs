//! Functions that the table's stream feeds: changes in their order, shard by shard.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use dynamo::Meter;
use futures::FutureExt;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use crate::Error;
use crate::config::{ConfigError, Environment};
use crate::telemetry::{self, Outcome, Record};

/// A batch of changes.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    /// The changes, oldest first.
    #[serde(rename = "Records")]
    pub records: Vec<Change>,
}

/// One change of one item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Change {
    /// What changed.
    pub dynamodb: Images,
}

/// The item before and after, in DynamoDB's own JSON (`{"S": "text"}`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Images {
    /// The primary key.
    #[serde(default)]
    pub keys: HashMap<String, Value>,
    /// The item after the change; empty if it was deleted.
    #[serde(default)]
    pub new_image: HashMap<String, Value>,
    /// The item before the change; empty if it is new.
    #[serde(default)]
    pub old_image: HashMap<String, Value>,
    /// The change's place in its shard.
    #[serde(default)]
    pub sequence_number: String,
}

impl Change {
    /// A string attribute of the new item.
    pub fn new_text(&self, attribute: &str) -> Option<&str> {
        text(&self.dynamodb.new_image, attribute)
    }

    /// A string attribute of the old item.
    pub fn old_text(&self, attribute: &str) -> Option<&str> {
        text(&self.dynamodb.old_image, attribute)
    }

    /// The changed item's primary key as one text: the unit of order.
    pub fn item_key(&self) -> String {
        let part = |name| text(&self.dynamodb.keys, name).unwrap_or_default();
        format!("{}\u{0}{}", part("pk"), part("sk"))
    }
}

fn text<'a>(image: &'a HashMap<String, Value>, attribute: &str) -> Option<&'a str> {
    image.get(attribute)?.get("S")?.as_str()
}

/// The batch could not be finished: it comes again, from this change on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedFrom {
    /// The first change that was not dealt with.
    pub sequence_number: String,
    /// Why.
    pub reason: String,
}

/// Lambda's partial batch response.
#[derive(Debug, Serialize, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct StreamResponse {
    batch_item_failures: Vec<FailedItem>,
}

#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct FailedItem {
    item_identifier: String,
}

/// Runs a function on the stream, until Lambda ends the process.
pub async fn serve<C, F>(
    handler: F,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(), Error>
where
    C: Send + Sync + 'static,
    F: AsyncFn(&'static C, Vec<Change>) -> Result<(), FailedFrom>,
{
    let (ctx, _stage) = crate::config::start(from_env).await?;
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<StreamEvent>| async move {
        let request_id = event.context.request_id;
        Ok::<_, Error>(batch(event.payload, &request_id, async |changes| Box::pin(handler(ctx, changes)).await).await)
    }))
    .await
}

/// Handles a batch; the answer names the change from which on it must come again.
pub async fn batch(
    event: StreamEvent,
    request_id: &str,
    handler: impl AsyncFn(Vec<Change>) -> Result<(), FailedFrom>,
) -> StreamResponse {
    let started = Instant::now();
    let first = event.records.first().map(|change| change.dynamodb.sequence_number.clone()).unwrap_or_default();
    let meter = Meter::default();
    let result = meter
        .scope(AssertUnwindSafe(handler(event.records)).catch_unwind())
        .await
        .unwrap_or_else(|panic| Err(FailedFrom { sequence_number: first, reason: telemetry::panic_text(&*panic) }));
    Record {
        trigger: "stream",
        request_id,
        correlation_id: request_id,
        caller: None,
        duration: started.elapsed(),
        usage: meter.usage(),
        outcome: if result.is_ok() { Outcome::Ok } else { Outcome::Failed },
        status: None,
        code: None,
        error: result.as_ref().err().map(|failed| failed.reason.clone()),
    }
    .write();
    let failures = result.err().map(|failed| FailedItem { item_identifier: failed.sequence_number });
    StreamResponse { batch_item_failures: failures.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> StreamEvent {
        serde_json::from_value(serde_json::json!({ "Records": [
            { "eventID": "1", "dynamodb": { "SequenceNumber": "7", "Keys": { "pk": { "S": "a" }, "sk": { "S": "b" } } } },
        ]}))
        .unwrap()
    }

    #[tokio::test]
    async fn a_panic_brings_the_whole_batch_again() {
        let response = batch(event(), "r", async |_| panic!("on purpose")).await;
        assert_eq!(serde_json::to_value(response).unwrap()["batchItemFailures"][0]["itemIdentifier"], "7");
    }

    #[tokio::test]
    async fn a_batch_that_is_done_does_not_come_again() {
        assert_eq!(batch(event(), "r", async |_| Ok(())).await, StreamResponse::default());
    }
}
