//! The rules. Nothing here reads a clock, a variable or a table.

pub mod account;
pub mod administration;
pub mod api_key;
pub mod attempts;
pub mod challenge;
pub mod email_change;
pub mod email_code;
pub mod erasure;
pub mod export;
pub mod guesses;
pub mod key_set;
pub mod limits;
pub mod listing;
pub mod mfa;
pub mod password;
pub mod plan;
pub mod profile;
pub mod proof;
pub mod proofs;
pub mod recovery;
pub mod refresh;
pub mod session;
pub mod sign_in_methods;
pub mod telegram;
pub mod totp;
