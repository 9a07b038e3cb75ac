//! The rules. Nothing here reads a clock, a variable or a table.

pub mod account;
pub mod administration;
pub mod api_key;
pub mod listing;
pub mod password;
pub mod plan;
pub mod refresh;
pub mod session;
