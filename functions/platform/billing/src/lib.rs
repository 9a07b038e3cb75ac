//! Billing: the catalogue, plans that admins grant, and what a user may use. The rules of subscriptions, invoices and dunning
//! are in the domain; functions are yet to use them.
//!
//! Layers, each of which depends only on those above it:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: items in the table.
//! 3. `ctx`, `problem`: contexts of functions, and error codes.
//! 4. `api`, `consumers`: one file per function.
//! 5. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod problem;
pub mod store;

pub use ctx::{ConsumerContext, Ctx, Public};
