//! Consumers, one per file.

pub mod publish_events;
