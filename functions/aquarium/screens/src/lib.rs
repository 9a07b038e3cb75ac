//! Screens of the aquarium pack: the home screen of the mobile app and the overview for the staff, as read models that are built from
//! events.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: what screens show and how events change it; pure and synchronous, time is an argument.
//! 2. `store`: how its items lie in the table.
//! 3. `combine`: joins messages of a batch that change the same items.
//! 4. `ctx`, `problem`: what a function holds, and how a refusal reads.
//! 5. `api`, `consumers`: one file per function.
//! 6. `bin`: five lines per function.

pub mod api;
pub mod combine;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod problem;
pub mod store;

pub use ctx::{Builder, ConsumerContext, Ctx};
