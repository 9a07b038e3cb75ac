//! Functions of the core: event publishing, health check, deployed APIs, API documentation, and answers to requests without
//! a route.
//!
//! The layers, each of which knows those above it only: `domain` (pure: the order in which events are published, packs,
//! hints for unknown routes), `deployment` (reads which packs are deployed), `api` and `consumers` (one file per
//! function), `bin` (five lines per function). This context owns no items.

pub mod api;
pub mod consumers;
pub mod deployment;
pub mod domain;
