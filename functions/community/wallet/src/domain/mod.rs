//! Rules: pure and synchronous; time and ids are arguments.

pub mod account;
pub mod currency;
pub mod donation;
pub mod ledger;
#[cfg(test)]
mod ledger_tests;
pub mod notice;
pub mod people;
pub mod reward;
pub mod shards;
