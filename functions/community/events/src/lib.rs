//! Care events: what people do for animals at points, and when it is due again.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: how its items lie in the table. `timer`: how EventBridge Scheduler is asked to call.
//! 3. `ctx`, `problem`: what a function holds, and how a refusal reads.
//! 4. `api`, `consumers`: one file per function.
//! 5. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod problem;
pub mod store;
pub mod timer;

pub use ctx::{ConsumerContext, Ctx, SweepContext, TimerConsumerContext, TimerEndpointContext};
