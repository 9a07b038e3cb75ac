//! Consumers that EventBridge invokes directly and asynchronously, with one event and without a queue.
//!
//! For events that are rare and always handled within one invocation: an idle queue costs money, a rule without one does not.
//! A consumer that fans out, batches, needs back-pressure or more than one invocation has a queue ([`crate::sqs`]).
//!
//! A failure that may pass is returned to Lambda, which invokes again (`MaximumRetryAttempts` of the function's
//! `EventInvokeConfig`, at most twice) and then sends the event to the function's on-failure destination. That is the same
//! dead-letter queue as poison goes to, in another form: Lambda writes a record with the event in `requestPayload` and the
//! function in `requestContext.functionArn`; poison is the event itself, with the attributes `reason` and `consumer`.

use futures::FutureExt;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::Value;

use crate::Error;
use crate::config::{ConfigError, Environment};
use crate::consumer::{Attempt, Delivery};

pub use crate::consumer::{DeadLetters, Done, Failure, Handled, Message};

/// Runs a consumer as a Lambda function, until Lambda ends the process. Reads `DLQ_URL`.
pub async fn serve<C, M, F>(
    consumer: F,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(), Error>
where
    C: Send + Sync + 'static,
    M: Message,
    F: AsyncFn(&'static C, M) -> Handled,
{
    let (ctx, dead) = crate::consumer::start(from_env).await?;
    let consumer = &consumer;
    // The compiler refuses types that are nested too deeply, so the consumer's future is erased.
    let handle = async move |event: LambdaEvent<Value>| {
        let request_id = event.context.request_id;
        once(&event.payload, &request_id, dead, async |message| consumer(ctx, message).boxed_local().await).await
    };
    let handle = &handle;
    lambda_runtime::run(service_fn(move |event| handle(event).boxed_local())).boxed_local().await
}

/// Handles one event. An error makes Lambda invoke the function with it again.
pub async fn once<M: Message>(
    event: &Value,
    request_id: &str,
    dead: &DeadLetters,
    consumer: impl AsyncFn(M) -> Handled,
) -> Result<(), Diagnostic> {
    let body = event.to_string();
    let delivery = Delivery { trigger: "bus", request_id, body: &body, number: None, continuations: 0 };
    let handled = Attempt { delivery, dead, own: None }.run(&consumer).await;
    handled.map_err(|reason| Diagnostic { error_type: "Retry".to_owned(), error_message: reason })
}

#[cfg(test)]
mod tests {
    use contracts::Envelope;

    use super::*;
    use crate::consumer::tests::bus_event;

    async fn handle(kind: &str) -> Result<(), Diagnostic> {
        // Nothing is poison here, so the queue is never called.
        let config =
            aws_sdk_sqs::Config::builder().behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest()).build();
        let dead = DeadLetters::new(aws_sdk_sqs::Client::from_conf(config), "unused");
        once(&bus_event(kind), "r", &dead, async |envelope: Envelope<Value>| match envelope.event_type.as_str() {
            "a.panic" => panic!("on purpose"),
            "a.retry" => Err(Failure::Retry("late".into())),
            "a.again" => Ok(Done::Duplicate),
            _ => Ok(Done::Applied),
        })
        .await
    }

    #[tokio::test]
    async fn retries_and_panics_are_errors_for_lambda_and_nothing_else_is() {
        for (kind, reason) in [("a.retry", "late"), ("a.panic", "panic: on purpose")] {
            let error = handle(kind).await.unwrap_err();
            assert_eq!((error.error_type.as_str(), error.error_message.as_str()), ("Retry", reason));
        }
        for kind in ["a.ok", "a.again"] {
            assert!(handle(kind).await.is_ok(), "{kind}");
        }
    }
}
