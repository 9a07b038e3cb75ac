//! Functions of the core: event publishing, health check and API documentation.
//!
//! The layers, each of which knows those above it only: `domain` (pure: the order in which events are published),
//! `api` and `consumers` (one file per function), `bin` (five lines per function). This context owns no items.

pub mod api;
pub mod consumers;
pub mod domain;
