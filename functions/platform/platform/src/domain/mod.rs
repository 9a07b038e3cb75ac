//! The rules. Nothing here reads a clock, a variable or a table.

pub mod plan;
