//! Payments of orders: captures, refunds, disputes, and saved payment methods.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: how its items lie in the table.
//! 3. `desk`: what endpoints, consumers and the sweep do with payments and their providers (crate `payment-providers`).
//! 4. `ctx`, `problem`: what a function holds, and how a refusal reads.
//! 5. `api`, `consumers`: one file per function.
//! 6. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod desk;
pub mod domain;
pub mod problem;
pub mod store;

pub use ctx::{ConsumerContext, Ctx, DeskCtx, StartCtx, WebhookCtx};
