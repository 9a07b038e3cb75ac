//! The event of one call: a function's sample with what the scene puts in.

use std::fmt::Display;

use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use types::{EventId, Uuid};

use crate::stage::Person;

/// The sample of a function.
pub fn sample(name: &str) -> Value {
    let path = tests::root().join(format!("events/invoke/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("a sample")).expect("JSON")
}

/// A request of an endpoint.
pub struct Request {
    /// The function.
    pub name: String,
    event: Value,
}

impl Request {
    /// The sample's request, with another idempotency key if it has one.
    pub fn of(name: &str) -> Self {
        let request = Self { name: name.to_owned(), event: sample(name) };
        if request.event["headers"]["idempotency-key"].is_null() { request } else { request.keyed() }
    }

    /// A user calls.
    pub fn by(self, person: &Person) -> Self {
        self.header("authorization", &format!("Bearer {}", person.token))
    }

    /// With an idempotency key of its own.
    pub fn keyed(self) -> Self {
        self.header("idempotency-key", &Uuid::now_v7().to_string())
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.event["headers"][name] = value.into();
        self
    }

    /// About this one: a parameter of the path.
    pub fn at(mut self, parameter: &str, value: impl Display) -> Self {
        self.event["pathParameters"][parameter] = value.to_string().into();
        let route = self.event["routeKey"].as_str().unwrap_or_default();
        let mut path = route.split(' ').next_back().unwrap_or_default().to_owned();
        for (name, value) in self.event["pathParameters"].as_object().into_iter().flatten() {
            path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default());
        }
        self.event["requestContext"]["http"]["path"] = path.as_str().into();
        self.event["rawPath"] = path.into();
        self
    }

    /// With a parameter of the query.
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        self.event["queryStringParameters"][name] = value.to_string().into();
        let pairs = self.event["queryStringParameters"].as_object().into_iter().flatten();
        let pairs = pairs.map(|(name, value)| (name, value.as_str().unwrap_or_default()));
        self.event["rawQueryString"] =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into();
        self
    }

    /// With another body.
    pub fn body(mut self, body: &Value) -> Self {
        self.event["body"] = body.to_string().into();
        self
    }

    /// With one field of the body changed.
    pub fn with(self, field: &str, value: impl Serialize) -> Self {
        let mut body: Value = serde_json::from_str(self.event["body"].as_str().unwrap_or("{}")).expect("JSON");
        body[field] = json!(value);
        self.body(&body)
    }

    /// The event.
    pub fn event(self) -> Value {
        self.event
    }
}

/// A queue's event with one message: what the sample's message says is replaced by `body`.
pub fn message(name: &str, body: &Value) -> Value {
    let mut event = sample(name);
    event["Records"][0]["messageId"] = Uuid::now_v7().to_string().into();
    event["Records"][0]["body"] = body.to_string().into();
    event
}

/// A queue's event with one fact that became true just now.
pub fn fact<T: DomainEvent + Serialize>(name: &str, fact: T) -> Value {
    let actor = Actor::System;
    let told = Envelope::new(EventId::generate(), Timestamp::now(), Uuid::now_v7().to_string(), actor, fact);
    let sample = sample(name);
    // The bus wraps the event; a queue wraps that again.
    let queued = sample["Records"][0]["body"].as_str().map(|body| serde_json::from_str(body).expect("JSON"));
    let directly = queued.is_none();
    let mut body: Value = queued.unwrap_or(sample);
    body["detail-type"] = told.detail_type().into();
    body["source"] = format!("atoll.{}", told.context()).into();
    body["detail"] = serde_json::to_value(&told).expect("JSON");
    if directly { body } else { message(name, &body) }
}
