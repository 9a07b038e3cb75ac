//! DynamoDB stream to event bus: publishes the events in the outboxes of changed items, at least once and in order
//! per item. Publishes every event of every context.

use aws_sdk_eventbridge::error::ProvideErrorMetadata;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use contracts::{Envelope, without_values};
use dynamo::{Outbox, outbox};
use kit::sqs::DeadLetters;
use kit::stream::{Change, FailedFrom};
use kit::{ConfigError, Environment, sdk};
use serde_json::{Value, json};

use crate::domain::plan::{Outcome, Plan, Round};

/// The bus, and the dead-letter queue for what cannot be published.
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

/// Codes with which the bus refuses an event for good: the same event would be refused again. Missing permissions are not
/// among them, because an operator can grant them.
const PERMANENT: [&str; 3] = ["InvalidArgument", "MalformedDetail", "ValidationException"];

/// One event, with the text that is published.
type Publication = (Envelope<Value>, String);

/// Publishes the new events of a batch. Unpublished events are retried together with all later ones of the shard: an event
/// can be published twice, but is never lost. An event that the bus refuses for good becomes a dead letter by itself.
pub async fn publish_events(ctx: &Ctx, changes: Vec<Change>) -> Result<(), FailedFrom> {
    let mut work = Work { ctx, changes: &changes, plan: Plan::default(), unfinished: None, last_error: String::new() };
    work.read().await;
    while let Some(round) = work.plan.next_round() {
        if round.attempts() > 0 {
            tokio::time::sleep(dynamo::backoff(round.attempts() + 2)).await;
        }
        work.publish(round).await;
    }
    match work.first_unfinished() {
        None => Ok(()),
        Some(number) => Err(FailedFrom {
            sequence_number: changes[number].dynamodb.sequence_number.clone(),
            reason: work.last_error,
        }),
    }
}

/// A batch in progress.
struct Work<'a> {
    ctx: &'a Ctx,
    changes: &'a [Change],
    plan: Plan<Publication>,
    /// The first change that could be neither read nor put aside.
    unfinished: Option<usize>,
    last_error: String,
}

impl Work<'_> {
    /// Reads the events of all changes.
    async fn read(&mut self) {
        for (number, change) in self.changes.iter().enumerate() {
            match new_publications(change) {
                Ok(publications) => {
                    for (event, detail) in publications {
                        self.plan.push(change.item_key(), number, detail.len(), (event, detail));
                    }
                }
                Err(reason) => {
                    if !self.bury(number, &reason).await {
                        self.unfinished = self.unfinished.or(Some(number));
                    }
                }
            }
        }
    }

    async fn publish(&mut self, round: Round<Publication>) {
        let mut outcomes = Vec::new();
        for (entry, published) in round.entries().zip(put(self.ctx, &round).await) {
            outcomes.push(match published {
                Ok(()) => Outcome::Done,
                Err(Refusal::OfTheCall(_)) if round.entries().len() > 1 => Outcome::Isolate,
                Err(Refusal::OfTheCall(code) | Refusal::OfTheEvent(code)) => {
                    let event = &entry.event.0;
                    let reason = format!("the bus refused event {} ({}): {code}", event.id, event.detail_type());
                    if self.bury(entry.change, &reason).await { Outcome::Done } else { Outcome::Failed }
                }
                Err(Refusal::ForNow(error)) => {
                    self.last_error = error;
                    Outcome::Failed
                }
            });
        }
        self.plan.settle(round, &outcomes);
    }

    /// Sends what cannot be published to the dead-letter queue, so that it does not delay later changes. The dead letter
    /// names the item and the change: their content may be personal data, and larger than a message may be. False if the
    /// queue refused it.
    async fn bury(&mut self, number: usize, reason: &str) -> bool {
        let change = &self.changes[number].dynamodb;
        let body = json!({ "keys": change.keys, "sequenceNumber": change.sequence_number });
        match self.ctx.dead.put(&body.to_string(), reason).await {
            Ok(()) => true,
            Err(error) => {
                self.last_error = error;
                false
            }
        }
    }

    /// The first change that is not done: Lambda counts all changes before it as done.
    fn first_unfinished(&self) -> Option<usize> {
        self.plan.first_left().into_iter().chain(self.unfinished).min()
    }
}

/// Returns the events of a change: those in its outbox, if the change wrote the outbox.
fn new_publications(change: &Change) -> Result<Vec<Publication>, String> {
    match change.new_text(outbox::ATTRIBUTE) {
        Some(text) if change.old_text(outbox::ATTRIBUTE) != Some(text) => {
            let events = Outbox::parse(text).and_then(|events| {
                events.into_iter().map(|event| Ok((event.clone(), serde_json::to_string(&event)?))).collect()
            });
            events.map_err(|error| format!("the outbox cannot be read: {}", without_values(&error)))
        }
        _ => Ok(Vec::new()),
    }
}

/// Why an entry was not published.
#[derive(Debug, Clone)]
enum Refusal {
    /// The bus refuses this event for good, with this code.
    OfTheEvent(String),
    /// The bus refuses the whole call for good, with this code.
    OfTheCall(String),
    /// It may be published later.
    ForNow(String),
}

/// Publishes one round. Returns one result per entry.
async fn put(ctx: &Ctx, round: &Round<Publication>) -> Vec<Result<(), Refusal>> {
    let entries = round.events().map(|(event, detail)| {
        PutEventsRequestEntry::builder()
            .event_bus_name(&ctx.bus_name)
            .source(format!("atoll.{}", event.context()))
            .detail_type(event.detail_type())
            .detail(detail)
            .time(DateTime::from_millis(event.occurred_at.as_millisecond()))
            .build()
    });
    match ctx.bus.put_events().set_entries(Some(entries.collect())).send().await {
        Ok(reply) => reply.entries().iter().map(published).collect(),
        Err(error) => {
            let refusal = match error.code().filter(|code| PERMANENT.contains(code)) {
                Some(code) => Refusal::OfTheCall(code.to_owned()),
                None => Refusal::ForNow(sdk::told(&error)),
            };
            vec![Err(refusal); round.events().len()]
        }
    }
}

fn published(entry: &PutEventsResultEntry) -> Result<(), Refusal> {
    match entry.error_code() {
        None => Ok(()),
        Some(code) if PERMANENT.contains(&code) => Err(Refusal::OfTheEvent(code.to_owned())),
        Some(code) => Err(Refusal::ForNow(code.to_owned())),
    }
}
