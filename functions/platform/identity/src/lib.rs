//! Accounts, sessions and tokens: who users are, and what proves it.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: how accounts lie in the table; `secrets`, `fresh`, `issuer`: keys and what they sign;
//!    `mfa_keys`, `sealing`: keys of the second factor.
//!    `telegram`: the bot whose signatures are accepted.
//! 3. `ctx`, `problem`: what a function holds, and how a refusal reads.
//! 4. `api`, `consumers`: one file per function.
//! 5. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod issuer;
pub mod mfa_keys;
pub mod problem;
pub mod sealing;
pub mod secrets;
pub mod store;
pub mod telegram;

pub use ctx::{
    ConsumerContext, Ctx, Directory, Downloads, Exporter, Links, MailSignIns, Public, Removals, Verifications,
};
pub use mfa_keys::WithMfaKeys;
pub use telegram::WithTelegram;
