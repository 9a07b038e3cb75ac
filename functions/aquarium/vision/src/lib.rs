//! Identification of pictures for the pack `aquarium`: names of species, and values of test strips, as a model suggests
//! them.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: how its items lie in the table.
//! 3. `model`, `pictures`: the models that look at pictures, and the files that they look at.
//! 4. `ctx`, `problem`: what a function holds, and how a refusal reads.
//! 5. `api`, `consumers`: one file per function.
//! 6. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod model;
pub mod pictures;
pub mod problem;
pub mod store;

pub use ctx::{ConsumerContext, Ctx, Identifying, Requesting};
