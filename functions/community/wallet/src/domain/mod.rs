//! Rules: pure and synchronous; time and ids are arguments.

pub mod account;
pub mod card;
pub mod charging;
pub mod currency;
pub mod deposit;
pub mod dispute;
pub mod donation;
pub mod ledger;
pub mod limits;
pub mod notice;
pub mod payment;
pub mod people;
pub mod reward;
