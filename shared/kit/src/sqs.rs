//! Consumers: functions that a queue feeds, with events from the bus or with messages of another kind ([`Message`]).
//!
//! Events come at least once and in any order. A consumer answers for each one; done, a duplicate, to be retried and
//! poison are four different answers, and a panic fails its own record only.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_sqs::types::MessageAttributeValue;
use contracts::{Envelope, WrongEvent};
use dynamo::{Meter, StoreError};
use futures::FutureExt;
use futures::StreamExt;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::config::{ConfigError, Environment};
use crate::telemetry::{self, Outcome, Record};
use crate::{Error, sdk};

/// How many events of a batch are worked on at once.
const MAX_PARALLEL: usize = 10;
/// SQS refuses attributes beyond its message size; a reason needs no more than this, in characters.
const MAX_REASON_CHARS: usize = 1_000;

/// An event was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Its effect is there now.
    Applied,
    /// Its effect was there already.
    Duplicate,
    /// It asks nothing of this consumer.
    Ignored,
}

/// An event was not dealt with.
#[derive(Debug)]
pub enum Failure {
    /// It may succeed later: the queue delivers it again, and moves it to the dead-letter queue in the end.
    Retry(String),
    /// It can never succeed: it goes to the dead-letter queue at once, with this reason.
    Poison(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { .. } => Self::Poison(error.to_string()),
            _ => Self::Retry(error.to_string()),
        }
    }
}

impl From<WrongEvent> for Failure {
    fn from(error: WrongEvent) -> Self {
        Self::Poison(error.to_string())
    }
}

impl From<dynamo::outbox::OutboxError> for Failure {
    fn from(error: dynamo::outbox::OutboxError) -> Self {
        Self::Poison(error.to_string())
    }
}

/// A consumer's answer.
pub type Handled = Result<Done, Failure>;

/// Where messages go that can never succeed.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl DeadLetters {
    /// The queue at `url`.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Puts a message there, with why it is there.
    pub async fn put(&self, body: &str, reason: &str) -> Result<(), String> {
        let text: String = reason.chars().take(MAX_REASON_CHARS).collect();
        let reason = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(text)
            .build()
            .map_err(|e| e.to_string())?;
        let sent = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_attributes("reason", reason)
            .send();
        sent.await.map(drop).map_err(|error| format!("the dead-letter queue refused: {}", aws_error(&error)))
    }
}

/// An SDK error with its causes.
fn aws_error(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// What a queue brings.
pub trait Message: Sized {
    /// Reads a message's body. What cannot be read never can be: it is poison.
    fn read(body: &str) -> Result<Self, String>;

    /// What its line in the log is found by.
    fn correlation_id(&self) -> String;
}

/// What EventBridge puts in the queue around an envelope.
#[derive(Deserialize)]
struct BusEvent {
    detail: Envelope<Value>,
}

impl Message for Envelope<Value> {
    fn read(body: &str) -> Result<Self, String> {
        let event = serde_json::from_str::<BusEvent>(body);
        event.map(|event| event.detail).map_err(|error| format!("the message is no event: {error}"))
    }

    fn correlation_id(&self) -> String {
        self.correlation_id.clone()
    }
}

/// Runs a consumer as a Lambda function, until Lambda ends the process.
pub async fn serve<C, M, F>(
    consumer: F,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(), Error>
where
    C: Send + Sync + 'static,
    M: Message,
    F: AsyncFn(&'static C, M) -> Handled,
{
    let (ctx, _stage) = crate::config::start(async |env: &mut Environment| {
        let url = env.required::<String>("DLQ_URL");
        let ctx = from_env(env).await;
        env.all((url,)).and_then(|(url,)| ctx.map(|ctx| (ctx, url)))
    })
    .await?;
    let dead = DeadLetters::new(sdk::client!(aws_sdk_sqs, &sdk::config()), &ctx.1);
    let (dead, consumer) = (&dead, &consumer);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        let request_id = event.context.request_id;
        Ok::<_, Error>(
            batch(event.payload, &request_id, dead, async |message| Box::pin(consumer(&ctx.0, message)).await).await,
        )
    }))
    .await
}

/// Handles a batch; the answer names the messages that must come again.
pub async fn batch<M: Message>(
    event: SqsEvent,
    request_id: &str,
    dead: &DeadLetters,
    consumer: impl AsyncFn(M) -> Handled,
) -> SqsBatchResponse {
    let consumer = &consumer;
    let failed = futures::stream::iter(event.records)
        .map(|message| async move {
            let id = message.message_id.clone().unwrap_or_default();
            let meter = Meter::default();
            let again = meter.scope(one(&message, request_id, dead, &meter, consumer)).await;
            again.then_some(id)
        })
        .buffer_unordered(MAX_PARALLEL)
        .filter_map(async |id| id)
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect()
        .await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed;
    response
}

/// Handles one message; true if it must come again.
async fn one<M: Message>(
    message: &SqsMessage,
    request_id: &str,
    dead: &DeadLetters,
    meter: &Meter,
    consumer: &impl AsyncFn(M) -> Handled,
) -> bool {
    let started = Instant::now();
    let body = message.body.as_deref().unwrap_or_default();
    let (correlation_id, mut handled) = match M::read(body) {
        Ok(content) => {
            let correlation_id = content.correlation_id();
            let handled = AssertUnwindSafe(consumer(content)).catch_unwind().await;
            (correlation_id, handled.unwrap_or_else(|panic| Err(Failure::Retry(telemetry::panic_text(&*panic)))))
        }
        Err(reason) => (String::new(), Err(Failure::Poison(reason))),
    };
    let mut again = matches!(handled, Err(Failure::Retry(_)));
    if let Err(Failure::Poison(reason)) = &handled
        && let Err(error) = dead.put(body, reason).await
    {
        // It stays in its own queue: the redrive policy brings it to the dead-letter queue, if later and without the reason.
        again = true;
        handled = Err(Failure::Retry(error));
    }
    log(request_id, &correlation_id, &handled, started, meter, &message.attributes);
    again
}

fn log(
    request_id: &str,
    correlation_id: &str,
    handled: &Handled,
    started: Instant,
    meter: &Meter,
    attributes: &HashMap<String, String>,
) {
    let (outcome, code, error) = match handled {
        Ok(Done::Applied) => (Outcome::Ok, "applied", None),
        Ok(Done::Duplicate) => (Outcome::Ok, "duplicate", None),
        Ok(Done::Ignored) => (Outcome::Ok, "ignored", None),
        Err(Failure::Retry(reason)) => {
            let tries = attributes.get("ApproximateReceiveCount").map_or("?", String::as_str);
            (Outcome::Failed, "retry", Some(format!("{reason} (delivery {tries})")))
        }
        Err(Failure::Poison(reason)) => (Outcome::Failed, "poison", Some(reason.clone())),
    };
    Record {
        trigger: "queue",
        request_id,
        correlation_id,
        caller: None,
        duration: started.elapsed(),
        usage: meter.usage(),
        outcome,
        status: None,
        code: Some(code.to_owned()),
        error,
    }
    .write();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, body: &str) -> SqsMessage {
        let mut message = SqsMessage::default();
        message.message_id = Some(id.to_owned());
        message.body = Some(body.to_owned());
        message
    }

    fn bus_event(event_type: &str) -> String {
        serde_json::json!({ "detail": {
            "id": "0190b0a0-0000-7000-8000-000000000000", "type": event_type, "version": 1,
            "occurredAt": "2026-01-01T00:00:00Z", "correlationId": "c", "actor": { "kind": "system" },
            "subject": "s", "data": {},
        }})
        .to_string()
    }

    #[tokio::test]
    async fn a_panic_or_a_retry_fails_its_own_record_only() {
        let mut event = SqsEvent::default();
        event.records =
            ["a.ok", "a.panic", "a.retry", "a.again"].iter().map(|kind| message(kind, &bus_event(kind))).collect();
        // Nothing is poison here, so the queue is never called.
        let config =
            aws_sdk_sqs::Config::builder().behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest()).build();
        let dead = DeadLetters::new(aws_sdk_sqs::Client::from_conf(config), "unused");
        let response = batch(event, "r", &dead, async |envelope: Envelope<Value>| match envelope.event_type.as_str() {
            "a.panic" => panic!("on purpose"),
            "a.retry" => Err(Failure::Retry("on purpose".into())),
            "a.again" => Ok(Done::Duplicate),
            _ => Ok(Done::Applied),
        })
        .await;
        let mut failed: Vec<_> = response.batch_item_failures.into_iter().map(|item| item.item_identifier).collect();
        failed.sort();
        assert_eq!(failed, ["a.panic", "a.retry"]);
    }
}
