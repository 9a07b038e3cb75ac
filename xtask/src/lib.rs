//! The repository's own commands: `cargo xtask <command>`.
//!
//! `survey` reads the repository once; `tidy` holds the rules that no compiler checks; `scaffold` writes what a new
//! context, endpoint or consumer starts from, in memory first, so that a refusal leaves nothing half-written;
//! `apis` writes the templates of the HTTP APIs; `performance` makes a report of what `make bench` has measured; `cli` says how commands are called, and `commands` runs
//! them.

pub mod apis;
mod budgets;
pub mod cli;
mod commands;
pub mod failure;
mod names;
mod performance;
pub mod repository;
pub mod scaffold;
mod sizes;
mod survey;
pub mod tidy;

pub use commands::run;
