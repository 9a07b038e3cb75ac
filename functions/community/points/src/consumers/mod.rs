//! What runs without a request, one file each, and what several share.

pub mod count_activity;
mod displacing;
pub mod forget_user;
pub mod keep_copies;
mod leaving;
mod reclaiming;
