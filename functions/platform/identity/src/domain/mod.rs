//! The rules. Nothing here reads a clock, a variable or a table.

pub mod account;
pub mod administration;
pub mod api_key;
pub mod attempts;
pub mod challenge;
pub mod erasure;
pub mod export;
pub mod guesses;
pub mod key_set;
pub mod limits;
pub mod listing;
pub mod mfa;
pub mod mfa_removal;
pub mod password;
pub mod plan;
pub mod profile;
pub mod proof;
pub mod proofs;
pub mod recovery;
pub mod refresh;
pub mod reset_pace;
pub mod session;
pub mod sign_in_history;
pub mod sign_in_methods;
pub mod telegram;
pub mod totp;
