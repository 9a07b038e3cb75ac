//! What runs without a request, one file each, and what several share.

pub mod forget_user;
pub mod keep_plans;
mod leaving;
pub mod purge_aquariums;
mod standing;
pub mod sweep_watches;
