//! The rules. Nothing here reads a clock, a variable or a table.

pub mod packs;
pub mod plan;
pub mod routes;
