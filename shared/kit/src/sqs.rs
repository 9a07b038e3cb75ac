//! Consumers that a queue feeds, with events from the bus or with messages of another kind ([`Message`]).
//!
//! Each message of a batch is answered for by itself: a failure or a panic brings back its own message only.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::{FutureExt, StreamExt};
use lambda_runtime::{LambdaEvent, service_fn};

use crate::config::{ConfigError, Environment};
use crate::consumer::{Attempt, CONTINUATIONS, Delivery, with_url};
use crate::{Deadline, Error, sdk};

pub use crate::consumer::{
    DeadLetters, Done, Failure, Handled, Message, OwnQueue, PageDone, PartlyHandled, Pause, Progress, Queue, Round,
    in_passes, in_rounds,
};

/// How many messages of a batch are handled at once.
const MAX_PARALLEL: usize = 10;

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
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        let request_id = event.context.request_id;
        Ok::<_, Error>(
            batch(event.payload, &request_id, dead, async |message| consumer(ctx, message).boxed_local().await).await,
        )
    }))
    .await
}

/// The same for a consumer whose work for one message may take more than one invocation. It works until the deadline, and
/// answers [`Progress::Continue`] if there is more. Reads `DLQ_URL`, and `QUEUE_URL`, the address of the queue that feeds it.
pub async fn serve_in_parts<C, M, F>(
    consumer: F,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(), Error>
where
    C: Send + Sync + 'static,
    M: Message,
    F: AsyncFn(&'static C, M, Deadline) -> PartlyHandled,
{
    let from_env = async |env: &mut Environment| {
        let (ctx, url) = with_url(env, from_env, "QUEUE_URL").await?;
        Ok((ctx, OwnQueue::new(sdk::client!(aws_sdk_sqs, &sdk::config()), url)))
    };
    let ((ctx, own), dead) = crate::consumer::start(from_env).await?;
    let consumer = &consumer;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        let deadline = Deadline::of(&event.context);
        let consumer = async |message| consumer(ctx, message, deadline).boxed_local().await;
        Ok::<_, Error>(batch_in_parts(event.payload, &event.context.request_id, dead, own, consumer).await)
    }))
    .await
}

/// Handles a batch. The response names the messages to deliver again.
pub async fn batch<M: Message>(
    event: SqsEvent,
    request_id: &str,
    dead: &DeadLetters,
    consumer: impl AsyncFn(M) -> Handled,
) -> SqsBatchResponse {
    run(event, request_id, (dead, None), &consumer).await
}

/// Handles a batch, and sends continuations to the consumer's own queue. The response names the messages to deliver again.
pub async fn batch_in_parts<M: Message>(
    event: SqsEvent,
    request_id: &str,
    dead: &DeadLetters,
    own: &OwnQueue,
    consumer: impl AsyncFn(M) -> PartlyHandled,
) -> SqsBatchResponse {
    run(event, request_id, (dead, Some(own)), &consumer).await
}

async fn run<M: Message, R: Into<Progress>>(
    event: SqsEvent,
    request_id: &str,
    (dead, own): (&DeadLetters, Option<&OwnQueue>),
    consumer: &impl AsyncFn(M) -> Result<R, Failure>,
) -> SqsBatchResponse {
    let failed = futures::stream::iter(event.records)
        .map(|message| async move {
            let attempt = Attempt { delivery: delivery(&message, request_id), dead, own };
            attempt.run(consumer).await.err().map(|_reason| message.message_id.unwrap_or_default())
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

fn delivery<'a>(message: &'a SqsMessage, request_id: &'a str) -> Delivery<'a> {
    Delivery {
        trigger: "queue",
        request_id,
        body: message.body.as_deref().unwrap_or_default(),
        number: message.attributes.get("ApproximateReceiveCount").map(String::as_str),
        continuations: continuations(message),
    }
}

fn continuations(message: &SqsMessage) -> u32 {
    let count = message.message_attributes.get(CONTINUATIONS).and_then(|attribute| attribute.string_value.as_deref());
    count.and_then(|count| count.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use contracts::Envelope;
    use serde_json::Value;

    use super::*;
    use crate::consumer::tests::bus_event;

    fn message(id: &str, body: &str) -> SqsMessage {
        let mut message = SqsMessage::default();
        message.message_id = Some(id.to_owned());
        message.body = Some(body.to_owned());
        message
    }

    #[tokio::test]
    async fn a_panic_or_a_retry_fails_its_own_record_only() {
        let mut event = SqsEvent::default();
        event.records = ["a.ok", "a.panic", "a.retry", "a.again"]
            .iter()
            .map(|kind| message(kind, &bus_event(kind).to_string()))
            .collect();
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
