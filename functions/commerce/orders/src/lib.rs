//! Orders: stock, carts, promotions, orders, shipments and returns.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `invoice_pdf`: how invoices look.
//! 3. `store`: how its items lie in the table.
//! 4. `ctx`, `problem`: what a function holds, and how a refusal reads.
//! 5. `ordering`, `placing`: how steps of orders are written with their events, and how an order is placed.
//! 6. `api`, `consumers`: one file per function.
//! 7. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod invoice_pdf;
pub mod ordering;
pub mod placing;
pub mod problem;
pub mod store;

pub use ctx::{Checkout, ConsumerContext, Ctx, Public};
