//! What all consumers share, however their messages reach them: [`crate::sqs`] for messages from a queue, [`crate::bus`] for
//! single events that EventBridge delivers without a queue.
//!
//! Messages come at least once and in any order. A consumer's answer distinguishes an applied message from a duplicate, and a
//! failure that may pass from one that never will; a consumer whose work may take more than one invocation can also answer
//! that a part is done ([`Progress`]).

mod attempt;
mod dead_letters;
mod own_queue;
mod passes;
mod progress;
mod queue;

use contracts::{Envelope, WrongEvent, without_values};
use dynamo::StoreError;
use serde::Deserialize;
use serde_json::Value;

pub(crate) use attempt::{Attempt, Delivery};
pub use dead_letters::DeadLetters;
pub(crate) use own_queue::CONTINUATIONS;
pub use own_queue::{MAX_CONTINUATIONS, OwnQueue};
pub use passes::{PageDone, in_passes};
pub use progress::{PartlyHandled, Pause, Progress, Round, in_rounds};
pub use queue::Queue;

use crate::config::{ConfigError, Environment};
use crate::sdk;

/// A message was handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Its effect is there now.
    Applied,
    /// Its effect was there already.
    Duplicate,
    /// It does not concern this consumer.
    Ignored,
}

impl Done {
    const fn code(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
        }
    }
}

/// A message was not handled.
#[derive(Debug)]
pub enum Failure {
    /// It may succeed later. It is delivered again, and becomes a dead letter when the last delivery fails too.
    Retry(String),
    /// It can never succeed. It becomes a dead letter at once, with this reason.
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

/// What a consumer receives.
pub trait Message: Sized {
    /// Reads a message's body. An unreadable body stays unreadable: it is poison.
    fn read(body: &str) -> Result<Self, String>;

    /// The id under which the log has all that one action caused.
    fn correlation_id(&self) -> String;
}

/// What EventBridge puts around an envelope.
#[derive(Deserialize)]
struct BusEvent {
    detail: Envelope<Value>,
}

impl Message for Envelope<Value> {
    fn read(body: &str) -> Result<Self, String> {
        let event = serde_json::from_str::<BusEvent>(body);
        event.map(|event| event.detail).map_err(|error| format!("the message is no event: {}", without_values(&error)))
    }

    fn correlation_id(&self) -> String {
        self.correlation_id.clone()
    }
}

/// Starts a consumer's process: its context, and the dead-letter queue at `DLQ_URL`.
pub(crate) async fn start<C: 'static>(
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(&'static C, &'static DeadLetters), ConfigError> {
    let ((ctx, dead), _stage) = crate::config::start(async |env: &mut Environment| {
        let (ctx, url) = with_url(env, from_env, "DLQ_URL").await?;
        Ok((ctx, DeadLetters::new(sdk::client!(aws_sdk_sqs, &sdk::config()), url)))
    })
    .await?;
    Ok((ctx, dead))
}

/// Reads a context and the URL of a queue, or all that is wrong with either.
pub(crate) async fn with_url<C>(
    env: &mut Environment,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
    name: &str,
) -> Result<(C, String), ConfigError> {
    let ctx = from_env(env).await;
    let url = (env.required::<String>(name),);
    let (ctx, (url,)) = ConfigError::both(ctx, env.all(url))?;
    Ok((ctx, url))
}

/// An SDK error with its causes.
fn with_causes(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An event as EventBridge delivers it.
    pub(crate) fn bus_event(event_type: &str) -> Value {
        serde_json::json!({ "detail": {
            "id": "0190b0a0-0000-7000-8000-000000000000", "type": event_type, "version": 1,
            "occurredAt": "2026-01-01T00:00:00Z", "correlationId": "c", "actor": { "kind": "system" },
            "subject": "s", "data": {},
        }})
    }

    #[test]
    fn a_corrupt_item_is_poison_and_any_other_failure_of_the_store_is_not() {
        let corrupt = StoreError::Corrupt { key: "k".into(), kind: "T", reason: "r".into() };
        assert!(matches!(Failure::from(corrupt), Failure::Poison(_)));
        assert!(matches!(Failure::from(StoreError::Contended { attempts: 1 }), Failure::Retry(_)));
    }

    #[tokio::test]
    async fn a_consumer_names_every_missing_variable_at_once() {
        let from_env = async |env: &mut Environment| {
            let table = (env.required::<String>("TABLE_NAME"),);
            env.all(table)
        };
        let error = with_url(&mut Environment::new(|_| None), from_env, "DLQ_URL").await.unwrap_err();
        assert_eq!(error.to_string(), "the environment is incomplete: TABLE_NAME is missing; DLQ_URL is missing");
    }

    #[test]
    fn a_body_without_an_envelope_is_unreadable() {
        assert!(Envelope::<Value>::read(r#"{"detail":{}}"#).is_err());
        assert_eq!(Envelope::<Value>::read(&bus_event("a.b").to_string()).unwrap().correlation_id(), "c");
    }
}
