//! Consumers and operator functions, one per file.

pub mod evaluate_badges;
pub mod forget_user;
pub mod recount_badges;
