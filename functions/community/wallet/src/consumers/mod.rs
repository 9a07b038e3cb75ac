//! What runs without a request, one file each.

pub mod credit_rewards;
pub mod forget_user;
pub mod keep_copies;
