//! Consumers, one per file.

pub mod count_events;
