//! The rules. Nothing here reads a clock, a variable or a table.

pub mod account;
pub mod attempts;
pub mod challenge;
pub mod guesses;
pub mod mfa;
pub mod password;
pub mod plan;
pub mod recovery;
pub mod refresh;
pub mod session;
pub mod totp;
