//! Recommendations: what visitors of a shop view next, and what is bought together.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: how its items lie in the table.
//! 3. `recommender`: the model that a function has loaded.
//! 4. `ctx`: what a function holds.
//! 5. `api`, `consumers`: one file per function.
//! 6. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod recommender;
pub mod store;

pub use ctx::{Building, ConsumerContext, Ctx, Recommending};
