//! The rules: pure and synchronous; time and ids are arguments.

pub mod broadcast;
pub mod care_event;
pub mod cooldown;
pub mod copies;
pub mod event_type;
pub mod limits;
pub mod refusal;
pub mod reward;
pub mod schedule;
