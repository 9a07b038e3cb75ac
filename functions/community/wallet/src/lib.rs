//! Money: who has how much, where it came from, and donations.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: how its items lie in the table.
//! 3. `charging`: the steps of a card payment at the provider, which the crate `payment-providers` talks to.
//! 4. `deposits`, `reversals`, `saga`: what endpoints, steps and the sweep do with deposits, with refunds and disputes, and
//!    with donations by card.
//! 5. `ctx`, `cards`, `problem`: what a function holds, and how a refusal reads.
//! 6. `api`, `consumers`: one file per function.
//! 7. `bin`: five lines per function.

pub mod api;
pub mod cards;
pub mod charging;
pub mod consumers;
pub mod ctx;
pub mod deposits;
pub mod domain;
pub mod problem;
pub mod reversals;
pub mod saga;
pub mod store;

pub use ctx::Ctx;
