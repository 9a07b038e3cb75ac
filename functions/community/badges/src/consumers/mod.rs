//! What runs without a request, one file each.

pub mod evaluate_badges;
pub mod forget_user;
pub mod recount_badges;
