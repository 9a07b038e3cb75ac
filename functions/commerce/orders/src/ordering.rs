//! Steps of orders as they are written: with their events, and with the caller or the event that caused them.

use contracts::{DomainEvent, Envelope};
use dynamo::{Outbox, StoreError};
use jiff::Timestamp;
use serde_json::Value;
use types::{EventId, OrderId};

use crate::domain::settlement::{OrderFact, Step};
use crate::store::{OrderChange, OrderOutcome, Store};

/// What makes the envelopes of events.
pub trait Cause {
    /// The envelope of a fact that was caused at a time.
    fn envelope<T: DomainEvent>(&self, at: Timestamp, fact: T) -> Envelope<T>;
}

impl Cause for kit::http::Invocation {
    fn envelope<T: DomainEvent>(&self, at: Timestamp, fact: T) -> Envelope<T> {
        self.event(at, fact)
    }
}

impl Cause for Envelope<Value> {
    fn envelope<T: DomainEvent>(&self, at: Timestamp, fact: T) -> Envelope<T> {
        self.causing(EventId::generate(), at, fact)
    }
}

/// A run of a schedule, by its correlation ID.
#[derive(Debug)]
pub struct Run(String);

impl Run {
    /// A run with a new ID.
    pub fn new() -> Self {
        Self(types::new_uuid().to_string())
    }
}

impl Default for Run {
    fn default() -> Self {
        Self::new()
    }
}

impl Cause for Run {
    fn envelope<T: DomainEvent>(&self, at: Timestamp, fact: T) -> Envelope<T> {
        Envelope::new(EventId::generate(), at, self.0.clone(), contracts::Actor::System, fact)
    }
}

/// The events of facts.
pub fn outbox(cause: &impl Cause, facts: &[OrderFact], at: Timestamp) -> Result<Outbox, StoreError> {
    let mut outbox = Outbox::none();
    for fact in facts {
        let pushed = match fact.clone() {
            OrderFact::Placed(fact) => outbox.push(cause.envelope(at, fact)),
            OrderFact::Confirmed(fact) => outbox.push(cause.envelope(at, fact)),
            OrderFact::Lapsed(fact) => outbox.push(cause.envelope(at, fact)),
            OrderFact::Cancelled(fact) => outbox.push(cause.envelope(at, fact)),
            OrderFact::RefundDue(fact) => outbox.push(cause.envelope(at, fact)),
            OrderFact::PaymentUnwanted(fact) => outbox.push(cause.envelope(at, fact)),
        };
        pushed.map_err(|error| StoreError::Refused(error.to_string()))?;
    }
    Ok(outbox)
}

/// The change that writes a step.
pub fn change(cause: &impl Cause, step: Step, at: Timestamp) -> Result<OrderChange, StoreError> {
    let outbox = outbox(cause, &step.facts, at)?;
    Ok(OrderChange { next: step.order, units: step.units, outbox })
}

/// Ends an order whose hold has lapsed. False if it has not, or ended otherwise meanwhile.
pub async fn lapse(store: &Store, cause: &impl Cause, id: OrderId, now: Timestamp) -> Result<bool, StoreError> {
    let decide = |read: &dynamo::Versioned<_>| {
        let order: &crate::domain::placed::Order = &read.value;
        order.after_lapse(now).map(|step| change(cause, step, now)).transpose()
    };
    match store.change_order(id, decide).await? {
        OrderOutcome::Changed(_) => Ok(true),
        OrderOutcome::Unchanged(_) | OrderOutcome::Absent => Ok(false),
        OrderOutcome::Refused(error) => Err(error),
    }
}
