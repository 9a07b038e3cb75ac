//! Aquariums: their members, equipment, livestock, sensors, readings and alarms.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: how its items lie in the table.
//! 3. `ctx`, `problem`: what a function holds, and how a refusal reads.
//! 4. `alarming`: what endpoints and consumers do about alarms.
//! 5. `api`, `consumers`: one file per function.
//! 6. `bin`: five lines per function.

pub mod alarming;
pub mod api;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod problem;
pub mod store;

pub use ctx::{ConsumerContext, Ctx};
