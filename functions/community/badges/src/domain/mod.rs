//! Rules: pure and synchronous.

pub mod badge;
pub mod catalogue;
pub mod fact;
pub mod flow;
pub mod local_days;
pub mod record;
#[cfg(test)]
mod record_tests;
pub mod recount;
pub mod streak;
pub mod tally;
