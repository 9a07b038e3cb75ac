//! The rules: pure and synchronous; time and ids are arguments.

pub mod broadcast;
pub mod care_event;
pub mod copies;
pub mod distance;
pub mod event_type;
pub mod recurrence;
#[cfg(test)]
mod recurrence_tests;
pub mod refusal;
pub mod schedule;
