//! Published events, the only coupling between contexts.
//!
//! Events are named in the past tense. Within a version only optional fields can be added. Any other change is a
//! new version, which is published beside the old one until all consumers have moved. Each event has a JSON schema
//! and an example under `events/`, which the contract tests compare with the types of this crate.

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

pub mod analytics;
pub mod aquariums;
pub mod badges;
pub mod billing;
pub mod catalog;
mod envelope;
pub mod events;
pub mod identity;
pub mod knowledge;
pub mod media;
pub mod notifications;
pub mod orders;
pub mod payments;
pub mod points;
mod redact;
pub mod search;
pub mod timeline;
pub mod vision;
pub mod wallet;

pub use envelope::{Actor, DomainEvent, Envelope, WrongEvent};
pub use redact::without_values;
