//! The envelope of every event. Field names follow CloudEvents 1.0 where it defines them (id, type, subject).

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use types::{EventId, UserId};
use utoipa::ToSchema;

use crate::without_values;

/// Payload of a published event.
pub trait DomainEvent: Serialize + DeserializeOwned {
    /// `<context>.<past_tense_fact>`, as in `identity.user_registered`.
    const TYPE: &'static str;
    /// Version of the payload schema.
    const VERSION: u32;

    /// Returns the ID of the entity that the event is about. Events of one subject are published in order.
    fn subject(&self) -> String;
}

/// Initiator of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "kind", content = "id")]
pub enum Actor {
    /// A signed-in user.
    User(UserId),
    /// An unauthenticated client.
    Anonymous,
    /// The system: a schedule or a consumer.
    System,
}

/// An event in the outbox, on the bus and in queues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    /// Unique event ID, for deduplication: delivery is at least once.
    pub id: EventId,
    /// `<context>.<past_tense_fact>`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Version of the schema of `data`.
    pub version: u32,
    /// Time of the change (UTC).
    pub occurred_at: Timestamp,
    /// Correlation ID, shared by everything that one request caused.
    pub correlation_id: String,
    /// ID of the event that caused this one, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<EventId>,
    /// Initiator.
    pub actor: Actor,
    /// ID of the entity that the event is about.
    pub subject: String,
    /// Payload.
    pub data: T,
}

/// The envelope contains a different event type, or a payload with a different schema.
#[derive(Debug)]
pub struct WrongEvent(pub String);

impl std::fmt::Display for WrongEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongEvent {}

impl<T: DomainEvent> Envelope<T> {
    /// Creates the envelope of a payload.
    pub fn new(id: EventId, occurred_at: Timestamp, correlation_id: String, actor: Actor, data: T) -> Self {
        Self {
            id,
            event_type: T::TYPE.to_owned(),
            version: T::VERSION,
            occurred_at,
            correlation_id,
            causation_id: None,
            actor,
            subject: data.subject(),
            data,
        }
    }

    /// Returns the event with its payload as plain JSON, for the outbox.
    pub fn erase(self) -> Result<Envelope<serde_json::Value>, serde_json::Error> {
        let data = serde_json::to_value(&self.data)?;
        Ok(self.with_data(data))
    }
}

impl<T> Envelope<T> {
    /// Returns an event that this one caused, initiated by the system.
    pub fn causing<U: DomainEvent>(&self, id: EventId, at: Timestamp, data: U) -> Envelope<U> {
        let caused = Envelope::new(id, at, self.correlation_id.clone(), Actor::System, data);
        Envelope { causation_id: Some(self.id), ..caused }
    }

    /// Returns the `detail-type` on the bus: `identity.user_registered.v1`.
    pub fn detail_type(&self) -> String {
        format!("{}.v{}", self.event_type, self.version)
    }

    /// Returns the `source` on the bus: the publishing context.
    pub fn context(&self) -> &str {
        self.event_type.split('.').next().unwrap_or_default()
    }

    fn with_data<U>(self, data: U) -> Envelope<U> {
        Envelope {
            id: self.id,
            event_type: self.event_type,
            version: self.version,
            occurred_at: self.occurred_at,
            correlation_id: self.correlation_id,
            causation_id: self.causation_id,
            actor: self.actor,
            subject: self.subject,
            data,
        }
    }
}

impl Envelope<serde_json::Value> {
    /// Returns whether the payload is a `T`.
    pub fn is<T: DomainEvent>(&self) -> bool {
        self.event_type == T::TYPE && self.version == T::VERSION
    }

    /// Deserializes the payload as `T`.
    pub fn decode<T: DomainEvent>(mut self) -> Result<Envelope<T>, WrongEvent> {
        if !self.is::<T>() {
            return Err(WrongEvent(format!("expected {}.v{}, got {}", T::TYPE, T::VERSION, self.detail_type())));
        }
        let data = serde_json::from_value(self.data.take())
            .map_err(|error| WrongEvent(format!("{}: {}", self.detail_type(), without_values(&error))))?;
        Ok(self.with_data(data))
    }
}
