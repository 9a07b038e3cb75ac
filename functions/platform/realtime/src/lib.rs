//! Tells open sockets what happened, and keeps what was missed.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time is an argument.
//! 2. `store`: how its items lie in the table.
//! 3. `problem`, `frames`: how a refusal reads, and what is sent.
//! 4. `sockets`: the gateway's API of open connections. `ctx`: what a function holds.
//! 5. `delivery`: what is done to a connection that is met, by whichever function meets it.
//! 6. `api`, `consumers`: one file per function.
//! 7. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod delivery;
pub mod domain;
pub mod frames;
pub mod problem;
pub mod sockets;
pub mod store;

pub use ctx::{Ctx, WithTokens};
