//! Published events: the one thing that a context may know of another.
//!
//! An event is a fact in the past tense. Within a version it only ever gains optional fields; anything else is a new
//! version, published beside the old one until the last consumer has moved. Each event has a JSON schema and an example
//! under `events/`, which the contract tests compare with the types here.

/// Implements [`DomainEvent`] for a payload: its type, its version, and the field with the id of its subject.
macro_rules! event {
    ($payload:ident, $type:literal, version = $version:literal, subject = $subject:ident) => {
        impl $crate::DomainEvent for $payload {
            const TYPE: &'static str = $type;
            const VERSION: u32 = $version;

            fn subject(&self) -> String {
                self.$subject.to_string()
            }
        }
    };
}

pub mod badges;
mod envelope;
pub mod events;
pub mod identity;
pub mod media;
pub mod notifications;
pub mod points;
pub mod wallet;

pub use envelope::{Actor, DomainEvent, Envelope, WrongEvent};
