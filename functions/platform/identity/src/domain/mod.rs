//! The rules. Nothing here reads a clock, a variable or a table.

pub mod account;
pub mod password;
pub mod plan;
pub mod proof;
pub mod refresh;
pub mod session;
