//! The rules. Nothing here reads a clock, a variable or a table.

pub mod account_mail;
pub mod delivery;
