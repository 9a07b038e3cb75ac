//! Badges that users earn for care events and donations.
//!
//! Layers, each of which depends only on those above it:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: items in the table.
//! 3. `awards`: events of an award.
//! 4. `ctx`, `problem`: contexts of functions, and error codes.
//! 5. `api`, `consumers`: one file per function.
//! 6. `bin`: five lines per function.

pub mod api;
pub mod awards;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod problem;
pub mod store;

pub use ctx::Ctx;
