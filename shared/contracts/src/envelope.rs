//! What every event is wrapped in. Names follow CloudEvents 1.0 where it has one (id, type, subject).

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use types::{EventId, UserId};
use utoipa::ToSchema;

/// A payload that can be published.
pub trait DomainEvent: Serialize + DeserializeOwned {
    /// `<context>.<past_tense_fact>`, as in `identity.user_registered`.
    const TYPE: &'static str;
    /// Version of the payload's shape.
    const VERSION: u32;

    /// The id of the thing that the fact is about: events of one subject are published in their order.
    fn subject(&self) -> String;
}

/// Who caused an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "kind", content = "id")]
pub enum Actor {
    /// A signed-in user.
    User(UserId),
    /// Somebody who is not signed in.
    Anonymous,
    /// Atoll itself: a schedule or a consumer.
    System,
}

/// One event, as it stands in the outbox, on the bus and in a queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    /// Unique per event; a consumer that has seen it has nothing more to do.
    pub id: EventId,
    /// `<context>.<past_tense_fact>`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Version of `data`'s shape.
    pub version: u32,
    /// When the fact became true, UTC.
    pub occurred_at: Timestamp,
    /// The same for all that one request set in motion.
    pub correlation_id: String,
    /// The event that led to this one, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<EventId>,
    /// Who caused it.
    pub actor: Actor,
    /// The id of the thing that it is about.
    pub subject: String,
    /// The fact.
    pub data: T,
}

/// The envelope holds another event than the one asked for, or a payload of another shape.
#[derive(Debug)]
pub struct WrongEvent(pub String);

impl std::fmt::Display for WrongEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongEvent {}

impl<T: DomainEvent> Envelope<T> {
    /// Wraps a fact.
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

    /// The same event with its payload as plain JSON, for the outbox.
    pub fn erase(self) -> Result<Envelope<serde_json::Value>, serde_json::Error> {
        let data = serde_json::to_value(&self.data)?;
        Ok(self.with_data(data))
    }
}

impl<T> Envelope<T> {
    /// An event that this one led to, by Atoll's own doing.
    pub fn causing<U: DomainEvent>(&self, id: EventId, at: Timestamp, data: U) -> Envelope<U> {
        let caused = Envelope::new(id, at, self.correlation_id.clone(), Actor::System, data);
        Envelope { causation_id: Some(self.id), ..caused }
    }

    /// The bus's detail-type: `identity.user_registered.v1`.
    pub fn detail_type(&self) -> String {
        format!("{}.v{}", self.event_type, self.version)
    }

    /// The bus's source: the context that published it.
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
    /// True if this is an event `T`.
    pub fn is<T: DomainEvent>(&self) -> bool {
        self.event_type == T::TYPE && self.version == T::VERSION
    }

    /// Reads the payload as `T`.
    pub fn decode<T: DomainEvent>(mut self) -> Result<Envelope<T>, WrongEvent> {
        if !self.is::<T>() {
            return Err(WrongEvent(format!("expected {}.v{}, got {}", T::TYPE, T::VERSION, self.detail_type())));
        }
        let data = serde_json::from_value(self.data.take())
            .map_err(|error| WrongEvent(format!("{}: {error}", self.detail_type())))?;
        Ok(self.with_data(data))
    }
}
