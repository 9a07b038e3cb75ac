//! Tells people what happened.
//!
//! The layers, each of which knows those above it only: `domain` (pure: what a delivery is and when it may be sent),
//! `store` (deliveries in the table), `mail` and `templates` (what is sent), `ctx`, `consumers` (one file per function),
//! `bin` (five lines per function).

pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod mail;
pub mod store;
pub mod templates;

pub use ctx::Ctx;
