//! Events that ride on the item whose change they tell.

use contracts::{DomainEvent, Envelope};
use serde_json::Value;

/// The attribute that holds the events, as a JSON text.
pub const ATTRIBUTE: &str = "outbox";

/// The most that one event may take, in bytes: the bus takes 256 KiB with its own fields.
pub const MAX_EVENT_BYTES: usize = 200 * 1024;

/// The events of one write, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outbox(Vec<Envelope<Value>>);

/// An event cannot be stored.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The payload is not JSON.
    #[error("the event cannot be written as JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// The bus would refuse it for ever.
    #[error("event {event_type} takes {bytes} bytes, over {MAX_EVENT_BYTES}")]
    TooLarge {
        /// Which event.
        event_type: String,
        /// Its size.
        bytes: usize,
    },
}

impl Outbox {
    /// No events: a change that no other context needs to know of.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds an event.
    pub fn push<T: DomainEvent>(&mut self, event: Envelope<T>) -> Result<(), OutboxError> {
        let event = event.erase()?;
        let bytes = serde_json::to_string(&event)?.len();
        if bytes > MAX_EVENT_BYTES {
            return Err(OutboxError::TooLarge { event_type: event.event_type, bytes });
        }
        self.0.push(event);
        Ok(())
    }

    /// An outbox with one event.
    pub fn of<T: DomainEvent>(event: Envelope<T>) -> Result<Self, OutboxError> {
        let mut outbox = Self::none();
        outbox.push(event)?;
        Ok(outbox)
    }

    /// Reads the attribute's text.
    pub fn parse(text: &str) -> Result<Vec<Envelope<Value>>, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The attribute's text, or none if there is nothing to tell.
    pub(crate) fn to_attribute(&self) -> Option<Result<String, serde_json::Error>> {
        (!self.0.is_empty()).then(|| serde_json::to_string(&self.0))
    }
}
