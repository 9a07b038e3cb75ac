//! Timelines of aquariums: what their keepers did and saw, as an append-only log of entries.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: how its items lie in the table. `wake`: what EventBridge Scheduler is asked to send.
//! 3. `ctx`, `problem`: what a function holds, and how a refusal reads.
//! 4. `api`, `consumers`: one file per function.
//! 5. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod problem;
pub mod store;
pub mod wake;

pub use ctx::{CalendarContext, ConsumerContext, Ctx, SweepContext, TimerConsumerContext, TimerEndpointContext};
