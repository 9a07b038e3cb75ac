//! DynamoDB stream to event bus: publishes the events in the outboxes of changed items, at least once and in order
//! per item. Publishes every event of every context.

use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contracts::Envelope;
use dynamo::{Outbox, outbox};
use kit::sqs::DeadLetters;
use kit::stream::{Change, FailedFrom};
use kit::{ConfigError, Environment, sdk};
use serde_json::Value;

use crate::domain::plan::{Plan, Round};

/// The bus, and the dead-letter queue for unreadable changes.
pub struct Ctx {
    bus: aws_sdk_eventbridge::Client,
    bus_name: String,
    dead: DeadLetters,
}

impl Ctx {
    /// Reads `BUS_NAME` and `DLQ_URL`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("BUS_NAME"), env.required::<String>("DLQ_URL"));
        let (bus_name, dlq_url) = env.all(values)?;
        let config = sdk::config();
        let dead = DeadLetters::new(sdk::client!(aws_sdk_sqs, &config), dlq_url);
        Ok(Self::new(sdk::client!(aws_sdk_eventbridge, &config), bus_name, dead))
    }

    /// A context made of its parts.
    pub fn new(bus: aws_sdk_eventbridge::Client, bus_name: impl Into<String>, dead: DeadLetters) -> Self {
        Self { bus, bus_name: bus_name.into(), dead }
    }
}

/// Publishes the new events of a batch. Unpublished events are retried together with all later ones of the shard: an event
/// can be published twice, but is never lost.
pub async fn publish_events(ctx: &Ctx, changes: Vec<Change>) -> Result<(), FailedFrom> {
    let mut plan = Plan::default();
    let mut last_error = String::new();
    for (number, change) in changes.iter().enumerate() {
        match new_events(change) {
            Ok(events) => {
                for event in events {
                    let detail = event_json(&event).map_err(|reason| failed_from(change, reason))?;
                    plan.push(change.item_key(), number, detail.len(), (event, detail));
                }
            }
            Err(reason) => bury(ctx, change, &reason).await?,
        }
    }
    while let Some(round) = plan.next_round() {
        if round.attempts() > 0 {
            tokio::time::sleep(dynamo::backoff(round.attempts() + 2)).await;
        }
        let published = match put(ctx, &round).await {
            Ok(published) => published,
            Err(error) => {
                last_error = error;
                vec![false; round.events().len()]
            }
        };
        plan.settle(round, &published);
    }
    match plan.first_left() {
        None => Ok(()),
        Some(number) => Err(failed_from(&changes[number], last_error)),
    }
}

/// Returns the events of a change: those in its outbox, if the change wrote the outbox.
fn new_events(change: &Change) -> Result<Vec<Envelope<Value>>, String> {
    match change.new_text(outbox::ATTRIBUTE) {
        Some(text) if change.old_text(outbox::ATTRIBUTE) != Some(text) => {
            Outbox::parse(text).map_err(|error| format!("the outbox cannot be read: {error}"))
        }
        _ => Ok(Vec::new()),
    }
}

/// Sends an unreadable change to the dead-letter queue, so that it does not block later changes.
async fn bury(ctx: &Ctx, change: &Change, reason: &str) -> Result<(), FailedFrom> {
    let body = serde_json::to_string(change).map_err(|error| failed_from(change, error.to_string()))?;
    ctx.dead.put(&body, reason).await.map_err(|error| failed_from(change, error))
}

fn failed_from(change: &Change, reason: impl Into<String>) -> FailedFrom {
    FailedFrom { sequence_number: change.dynamodb.sequence_number.clone(), reason: reason.into() }
}

fn event_json(event: &Envelope<Value>) -> Result<String, String> {
    serde_json::to_string(event).map_err(|error| error.to_string())
}

/// Publishes one round. Returns the entries that were published, or the error.
async fn put(ctx: &Ctx, round: &Round<(Envelope<Value>, String)>) -> Result<Vec<bool>, String> {
    let entries = round.events().map(|(event, detail)| {
        PutEventsRequestEntry::builder()
            .event_bus_name(&ctx.bus_name)
            .source(format!("atoll.{}", event.context()))
            .detail_type(event.detail_type())
            .detail(detail)
            .time(DateTime::from_millis(event.occurred_at.as_millisecond()))
            .build()
    });
    let reply = ctx.bus.put_events().set_entries(Some(entries.collect())).send().await;
    let reply = reply.map_err(|error| aws_sdk_eventbridge::error::DisplayErrorContext(error).to_string())?;
    Ok(reply.entries().iter().map(|entry| entry.error_code().is_none()).collect())
}
