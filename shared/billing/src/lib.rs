//! Billing: plans, subscriptions, invoices and dunning; the rules alone, without a table and without providers.
//!
//! The layers:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.

pub mod domain;
